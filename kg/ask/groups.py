"""Joins the items of a question into groups: names with the words that tie them to what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from kg.ask.names import Match, NameIndex
from kg.ask.scan import Item
from kg.ask.text import singular
from kg.ask.vocabulary import Cue, Target, Vocabulary

Side = Literal["subject", "object"]


@dataclass
class Group:
    """Names under one cue. ``before`` holds names that stand before it, ``after`` those behind it."""

    cue: Cue
    before: list[Item] = field(default_factory=list)
    after: list[Item] = field(default_factory=list)
    labels: tuple[str, ...] = ()
    passive: bool = False
    operator: str = "and"
    negated: bool = False

    @property
    def names(self) -> list[Item]:
        """The names that the cue is about."""
        return self.after or self.before

    def side(self) -> Side:
        """On which end of the fact the names stand."""
        if self.cue.voice in ("names_subject", "names_object"):
            return "subject" if self.cue.voice == "names_subject" else "object"
        passive = self.passive or self.cue.voice == "passive"
        return "subject" if passive == bool(self.after) else "object"


_TAKES = frozenset({"report", "train", "measure", "compare"})
"""Cues whose preposition goes on past their object: "evaluate models on B" is about B."""

_FAMILIES = ("Model", "Method", "Benchmark")

NO_CUE = Cue("none", "active", weak=True)


@dataclass
class Question:
    """A question's items with what was made out so far."""

    items: list[Item]
    asked: Item | None = None
    groups: list[Group] = field(default_factory=list)
    join: Literal["all", "any"] = "all"
    among: Item | None = None
    ignored: list[str] = field(default_factory=list)

    def has(self, sense: str) -> bool:
        """Whether any word has the sense."""
        return any(item.sense(sense) for item in self.items)

    def names(self) -> list[Item]:
        """All names in order."""
        return [item for item in self.items if is_name(item)]


def is_name(item: Item) -> bool:
    """Whether an item names something, known or not."""
    return item.kind in ("name", "unknown")


def read_families(items: list[Item], index: NameIndex) -> list[Item]:
    """Turns "any LLaMA model" and "the LLaMA family" into one item that stands for all members."""
    result: list[Item] = []
    at = 0
    while at < len(items):
        item = items[at]
        following = items[at + 1] if at + 1 < len(items) else None
        before = result[-1] if result else None
        marked_before = before is not None and bool(before.sense("family_before"))
        marked_after = following is not None and bool(following.sense("family_after"))
        target: Target | None = following.sense("target") if following else None
        of_models = target is not None and "Model" in target.labels and "Paper" not in target.labels
        of_others = marked_before and (target is None or target.labels in (("Benchmark",), ("Method",)))
        # "which papers use LLaMAs": what is the beginning of several names, in the plural, means them all.
        plural = item.kind == "unknown" and (
            (item.text[-1:] == "s" and singular(item.text) != item.text.casefold())
            or (before is not None and before.text in ("which", "what"))
        )
        if is_name(item) and (marked_after or of_models or of_others or plural):
            labels = ("Model",) if of_models or plural else target.labels if target else _FAMILIES
            members = index.family(item.text.split(), labels)
            own = item.match is not None and not set(labels) & set(item.match.entries)
            if members and not own and (len(members) > 1 or marked_before or marked_after or item.match is None):
                entries = {label: [e for e in members if e.label == label] for label in labels}
                match = Match({label: found for label, found in entries.items() if found}, "family")
                last = following.last if following and marked_after else item.last
                result.append(Item("name", item.text, item.first, last, match=match, value="family"))
                if _is_subject(items, item):
                    asked = Target(tuple(match.entries), True)
                    result.append(Item("word", "members", last, last, {"target": asked}))
                at += 2 if marked_after else 1
                continue
        result.append(item)
        at += 1
    return result


def _is_subject(items: list[Item], family: Item) -> bool:
    """Whether a family is what is asked for: "any LLaMA on B", where nothing else is and no verb stands before it."""
    others = [item for item in items if is_name(item) and item is not family]
    said = any(item.sense("target") or item.sense("compare") or item.sense("count") for item in items)
    return bool(others) and not said and not _is_argument(items, family)


def settle_definitions(items: list[Item]) -> None:
    """Keeps one sense: "describe GRPO" asks for a definition, "was first described" does not; the opening decides."""
    opening = True
    for item in items:
        if item.sense("define") and item.sense("cue"):
            item.senses = {k: v for k, v in item.senses.items() if (k != "cue" if opening else k != "define")}
        opening = opening and item.kind == "word" and "stop" in item.senses


def find_asked(items: list[Item]) -> Item | None:
    """The noun for what is asked for; nouns that only say what a name is become hints and lose their sense."""
    _settle_verbs(items)
    targets = [item for item in items if item.sense("target")]
    for position, item in enumerate(items):
        target: Target | None = item.sense("target")
        if target is None or (target.plural and len(targets) == 1):
            continue
        for neighbour in _neighbours(items, position):
            if not is_name(neighbour):
                continue
            if neighbour.value == "family":
                if _is_argument(items, neighbour):
                    item.senses = {"stop": True}
                    targets.remove(item)
                    break
                continue
            known = set(neighbour.match.entries) if neighbour.match else set(target.labels)
            if not known & set(target.labels) or (neighbour.match is None and len(targets) == 1):
                continue
            asked_here = position > 0 and items[position - 1].sense("asking") and neighbour.first > item.last
            if asked_here and len(targets) == 1:
                continue
            if neighbour.match:
                kept = {k: v for k, v in neighbour.match.entries.items() if k in target.labels}
                neighbour.match = replace(neighbour.match, entries=kept)
            item.senses = {"stop": True}
            targets.remove(item)
            break
    others = [item for item in targets if item.sense("target").labels != ("Result",)]
    return others[0] if others else targets[0] if targets else None


def _settle_verbs(items: list[Item]) -> None:
    """Right after "who", and before a bound, what may be a noun is a verb: "who scores", "what scores over 90"."""
    for position, item in enumerate(items):
        after_who = position > 0 and items[position - 1].text.split()[-1] == "who"
        bounded = position + 1 < len(items) and items[position + 1].kind == "threshold"
        if item.sense("target") and item.sense("cue") and (after_who or bounded):
            item.senses = {kind: sense for kind, sense in item.senses.items() if kind != "target"}


def _is_argument(items: list[Item], family: Item) -> bool:
    """Whether a family is what a verb is about ("who uses any LLaMA model") rather than what is asked for."""
    before = [item for item in items if item.last < family.first]
    cues = [item.sense("cue") for item in before if item.sense("cue") and not item.sense("target")]
    return any(not cue.weak for cue in cues)


def _neighbours(items: list[Item], position: int) -> list[Item]:
    """The item before and the one after, words such as "called" left out."""
    found = items[position - 1 : position] if position else []
    for item in items[position + 1 :]:
        if item.kind == "word" and set(item.senses) == {"stop"} and item.text in ("called", "named", "the"):
            continue
        return [*found, item]
    return found


class Grouper:
    """Walks over the items once and ties each name to its cue."""

    def __init__(self, question: Question, vocabulary: Vocabulary) -> None:
        self._question, self._vocabulary = question, vocabulary
        self._pending: list[Item] = []
        self._current: Group | None = None
        self._be = self._negated = False
        self._operator = "and"

    def run(self) -> None:
        """Fills the question's groups."""
        items = self._question.items
        for position, item in enumerate(items):
            if is_name(item):
                self._on_name(item)
            elif item is self._question.asked:
                self._flush()
            elif item.kind == "word":
                self._on_word(item, items[position + 1 :])
        self._flush()
        groups = [g for g in self._question.groups if g.names or g.labels or not g.cue.weak]
        self._question.groups = groups
        asked: Target | None = self._question.asked.sense("target") if self._question.asked else None
        said_results = any(
            item.sense("target") and item.sense("target").labels == ("Result",) and item is not self._question.asked
            for item in items
        )
        for group in groups:
            # "papers with GSM8K results" report on it, they do not just speak of it.
            if said_results and asked and asked.labels == ("Paper",) and group.cue.cls in ("none", "with", "of", "for"):
                group.cue = Cue("report", "active")
        if any(g.operator == "next-or" for g in groups):
            self._question.join = "any"

    def _on_name(self, item: Item) -> None:
        if self._current is not None:
            if self._negated and self._current.after:
                # "use A but not B": the same cue again, the other way round.
                self._current = Group(self._current.cue, negated=True, passive=self._current.passive)
                self._question.groups.append(self._current)
                self._negated = False
            if self._current.after and self._operator == "or":
                self._current.operator = "or"
            self._current.after.append(item)
        else:
            if self._negated and self._pending:
                self._question.groups.append(Group(NO_CUE, after=self._pending))  # "A but no B methods"
                self._pending = []
            self._pending.append(item)

    def _on_word(self, item: Item, following: Sequence[Item]) -> None:
        if self._vocabulary.be & set(item.text.split()):
            self._be = True
        conjunction = item.sense("conjunction")
        if conjunction == "not":
            self._negated = True
        elif conjunction:
            self._operator = conjunction
        cue: Cue | None = item.sense("cue")
        target: Target | None = item.sense("target")
        upcoming: Cue | None = following[0].sense("cue") if following else None
        if target is not None and not (cue and upcoming and upcoming.weak):
            self._on_target(target)
        elif cue is not None and cue.weak:
            self._on_weak(cue, following)
        elif cue is not None and not item.sense("order"):
            self._on_cue(cue)

    def _on_target(self, target: Target) -> None:
        """Another noun: what a cue without names is about ("propose benchmarks")."""
        if self._pending:
            self._flush()
        if self._current and not self._current.cue.weak and not self._current.names and target.labels != ("Result",):
            self._current.labels = target.labels

    def _on_cue(self, cue: Cue) -> None:
        before = self._pending
        self._pending = []
        last = self._current
        if last and not last.cue.weak and not last.after and not last.labels and not last.negated:
            # "GRPO is used as a baseline": the last of several cues has the name.
            before = last.before or before
            self._question.groups.remove(last)
        if cue.postfix and last and last.after and not before:
            # "use PPO as a baseline": what follows the name says what it is used as.
            last.cue, last.passive = cue, False
            return
        negated, self._negated = self._negated, False
        passive = self._be if cue.voice == "past" else cue.voice == "adjective" and not self._be
        self._current = Group(cue, before=before, negated=negated, passive=passive)
        if self._operator == "or" and self._question.groups:
            self._current.operator = "next-or"
        elif len(before) > 1 and self._operator == "or":
            self._current.operator = "or"
        self._question.groups.append(self._current)
        self._be, self._operator = False, "and"

    def _on_weak(self, cue: Cue, following: Sequence[Item]) -> None:
        if cue.cls == "for" and not following and self._pending:
            self._on_cue(Cue("apply", "active"))  # "what is GRPO for"
            return
        current = self._current
        open_cue = current is not None and not current.cue.weak and not current.after
        if open_cue and current is not None and current.cue.voice == "past" and cue.cls in ("by", "in"):
            current.passive = True
        upcoming = next((i for i in following if is_name(i) or not _skipped(i)), None)
        takes = current is not None and current.cue.cls in _TAKES
        if upcoming is None or not is_name(upcoming) or (open_cue and (takes or not (current and current.labels))):
            return
        self._flush()
        negated, self._negated = self._negated, False
        self._current = Group(cue, negated=negated)
        if self._operator == "or" and self._question.groups:
            self._current.operator, self._operator = "next-or", "and"
        self._question.groups.append(self._current)

    def _flush(self) -> None:
        """Names without a cue make a group of their own."""
        if self._pending:
            operator = "or" if self._operator == "or" else "and"
            negated = self._negated and bool(self._question.groups)
            self._question.groups.append(Group(NO_CUE, after=self._pending, operator=operator, negated=negated))
            self._negated = self._negated and not negated
        self._pending = []
        if self._current is not None and self._current.after:
            self._current = None


def _skipped(item: Item) -> bool:
    """Words that may stand between a preposition and its name."""
    senses = set(item.senses)
    if item.text in ("all", "any"):
        return True
    return bool(senses & {"stop", "conjunction", "family_before"}) and not senses & {"cue", "target"}
