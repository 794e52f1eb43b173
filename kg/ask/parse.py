"""From a question to its intent.

The scanner cuts the question into items, the grouper ties names to cues, and the tables of ``config/ask/`` say which
fact each group asks for. Whatever cannot be placed ends in a problem that is told to the person; nothing is dropped
without a note.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from kg.ask.groups import Group, Grouper, Question, find_asked, is_name, read_families, settle_definitions
from kg.ask.intent import Constraint, Direction, Form, Intent, Name, Order, Period
from kg.ask.names import Entry, Match, NameIndex
from kg.ask.scan import Item, Scanner
from kg.ask.vocabulary import Kinds, Rule, Target, Vocabulary

NAMED = ("Method", "Model")
ENTITIES = (*NAMED, "Benchmark", "Metric", "Task")


@dataclass
class Problem(Exception):
    """Why a question has no intent: it was not understood, or ``text`` names nothing known or several things.

    "unknown alone" is a question of which nothing but the unknown name could be read.
    """

    kind: Literal["not understood", "unknown", "unknown alone", "partial"]
    text: str = ""
    labels: tuple[str, ...] = ()
    candidates: list[Entry] = field(default_factory=list)


class Reader:
    """Reads questions with one set of tables and one index of names."""

    def __init__(self, vocabulary: Vocabulary, kinds: Kinds, index: NameIndex, today: date) -> None:
        self._vocabulary, self._kinds, self._index = vocabulary, kinds, index
        self._scanner = Scanner(vocabulary, index, today)

    def read(self, text: str) -> tuple[Intent, list[str]]:
        """The intent of a question, and notes on how it was read.

        Raises:
            Problem: the question has no intent.
        """
        try:
            return self._read(text, prefer_names=False)
        except Problem as problem:
            if problem.kind != "not understood":
                raise
            try:
                return self._read(text, prefer_names=True)
            except Problem:
                raise problem from None

    def _read(self, text: str, *, prefer_names: bool) -> tuple[Intent, list[str]]:
        items, notes = self._scanner.scan(text, prefer_names=prefer_names)
        question = Question(read_families(items, self._index))
        self._complete_partial(question, notes)
        settle_definitions(question.items)
        question.asked = find_asked(question.items)
        Grouper(question, self._vocabulary).run()
        reading = _Reading(question, self._vocabulary, self._kinds, notes)
        intent = reading.intent()
        if question.ignored:
            notes.append(f"Not taken into account: {', '.join(repr(word) for word in question.ignored)}.")
        return intent, notes

    def _complete_partial(self, question: Question, notes: list[str]) -> None:
        """A part of just one name is taken for it; of several, or of none, it is left unknown."""
        for item in question.items:
            if item.kind != "unknown":
                continue
            candidates = self._index.containing(item.text.split())
            if len({entry.name for entry in candidates}) == 1:
                item.kind = "name"
                item.match = Match({entry.label: [entry] for entry in candidates}, "partial")
                notes.append(f"Took {item.text!r} for {candidates[0].name}, the only name with it.")
            else:
                item.value = candidates


@dataclass
class _Reading:
    """One question on its way to an intent."""

    question: Question
    vocabulary: Vocabulary
    kinds: Kinds
    notes: list[str]

    def intent(self) -> Intent:
        self._set_aside_words()
        self._refuse_unknown_names()
        order = self._order()
        form = self._form(order)
        if form == "compare":
            return self._many("comparison", form)
        if form == "define":
            return self._many("definition", form)
        if form == "results":
            return self._results(order)
        return self._list(form, order)

    # -- what was not recognised -------------------------------------------------------------------------------------

    def _set_aside_words(self) -> None:
        """Unknown words in small letters that no cue waits for are noted, if the rest says enough."""
        known = [item for item in self.question.names() if item.match]
        for item in self.question.names():
            if item.match or item.value or item.text != item.text.lower() or any(c.isdigit() for c in item.text):
                continue
            group = next((g for g in self.question.groups if item in g.names), None)
            alone = group is not None and group.names == [item] and not (group.cue.cls == "none")
            if known and not alone:
                self.question.ignored.append(item.text)
                for other in self.question.groups:
                    other.before = [name for name in other.before if name is not item]
                    other.after = [name for name in other.after if name is not item]
                item.kind = "word"
        self.question.groups = [g for g in self.question.groups if g.names or g.labels or not g.cue.weak]
        if len(self.question.ignored) > 2:
            raise Problem("not understood")

    def _refuse_unknown_names(self) -> None:
        unknown = [item for item in self.question.names() if not item.match]
        if not unknown:
            return
        said = [i for i in self.question.items if i.kind != "unknown" and set(i.senses) - {"stop", "asking", "conjunction"}]
        meaningful = [i for i in said if not (i.sense("cue") and i.sense("cue").weak and len(i.senses) == 1)]
        first = unknown[0]
        if first.value and isinstance(first.value, list):
            raise Problem("partial", first.text, candidates=first.value)
        if (not meaningful and len(self.question.items) > len(unknown)) or (len(first.text.split()) > 4 and not said):
            raise Problem("not understood")
        group = next((g for g in self.question.groups if first in g.names), None)
        rules = self._rules(group, self._asked()) if group is not None else []
        labels = tuple(label for label in (rules[0].named if rules else ()) if label != "Paper")
        raise Problem("unknown" if meaningful else "unknown alone", first.text, labels)

    # -- the form of the question ------------------------------------------------------------------------------------

    def _asked(self) -> tuple[str, ...]:
        target: Target | None = self.question.asked.sense("target") if self.question.asked else None
        return target.labels if target else ()

    def _order(self) -> str | None:
        """The superlative, if any; what joins a number is a bound already."""
        found = [str(item.sense("order")) for item in self.question.items if item.sense("order")]
        for wanted in ("papers", "newest", "oldest"):
            if wanted in found:
                return wanted
        return next((order for order in found if order in ("max", "min")), found[0] if found else None)

    def _form(self, order: str | None) -> Form:
        question, asked = self.question, self._asked()
        names = question.names()
        strong = [g for g in question.groups if not g.cue.weak]
        if question.has("compare") and len(names) > 1 and asked in ((), ("Result",), NAMED):
            compared = [g for g in strong if g.cue.cls != "compare"]
            if not compared and not (asked == ("Result",) and question.asked and not question.has("compare")):
                return "compare"
        if not asked and any(g.cue.cls == "compare" and g.before and g.after for g in strong):
            return "compare"
        if question.has("count"):
            return "count"
        if asked == ("Result",):
            return "results"
        if order in ("metric", "anti", "max", "min"):
            return self._superlative(asked)
        if asked:
            return "list"
        if self._thresholds() and not any(_labels(item) & set(NAMED) for item in names):
            return "list"
        labels = {label for item in names if item.match for label in item.match.entries}
        if len(names) > 1 and labels & {"Benchmark", "Metric"} and not strong:
            return "results"
        how = question.items[0].text.startswith("how") and not question.items[0].sense("compare")
        if how and any(g.cue.cls == "report" and g.cue.voice == "active" for g in strong):
            return "results"
        if any(g.before and g.after for g in strong) and self.question.items[0].text not in self.vocabulary.yes_no:
            return "results" if labels & {"Benchmark", "Metric"} else "list"
        if strong and self._any_rule(strong):
            return "list"
        if names and not strong and all(g.cue.cls in ("none", "of", "on", "for", "in") for g in question.groups):
            return "define"
        return "results" if names and strong and labels & {"Benchmark", "Metric"} else "list"

    def _superlative(self, asked: tuple[str, ...]) -> Form:
        """Best of what: of methods, or the number itself ("highest accuracy on B")."""
        if asked or any(item.text.split()[0] == "who" for item in self.question.items):
            return "best"
        items = self.question.items
        for position, item in enumerate(items[:-1]):
            said = [word for word in items[:position] if word.text in _HAVING or _is_strong(word)]
            if item.sense("order") and said:
                return "best"
            following = items[position + 1]
            if item.sense("order") and is_name(following) and following.match:
                if set(following.match.entries) == {"Metric"}:
                    return "results"
        return "best"

    def _any_rule(self, groups: list[Group]) -> bool:
        return any(self._rules(group, ()) for group in groups)

    # -- from groups to constraints ----------------------------------------------------------------------------------

    def _rules(self, group: Group, asked: tuple[str, ...]) -> list[Rule]:
        """The kinds of question that a group may belong to, apart from what its names are."""
        cls = group.cue.cls
        return [
            rule
            for rule in self.kinds.kinds
            if cls in (rule.cues if asked else rule.default)
            and (not asked or set(asked) & set(rule.asked))
            and (rule.only_side is None or rule.only_side == group.side())
        ]

    def _rule(self, group: Group, labels: set[str], asked: tuple[str, ...]) -> Rule | None:
        return next((rule for rule in self._rules(group, asked) if labels & set(rule.named)), None)

    def _constraints(self, group: Group, asked: tuple[str, ...]) -> tuple[Rule, list[Constraint]]:
        """The constraints of one group, and the kind of question they make."""
        if not group.names:
            return self._unnamed(group, asked)
        rule = None
        for item in group.names:
            rule = rule or self._rule(group, _labels(item), asked)
        if rule is None:
            raise Problem("not understood")
        if rule.note:
            self.notes.append(rule.note.format(name=group.names[0].text))
        side = group.side() if rule.side == "voice" else rule.side
        choices = [self._names(item, rule) for item in group.names]
        if group.operator == "or":
            choices = [tuple(name for choice in choices for name in choice)]
        fact = self.kinds.facts[rule.fact]
        return rule, [
            Constraint(
                fact=rule.fact, side=side, names=names, negated=group.negated,
                labels=fact.subject if side == "subject" else fact.object,
            )
            for names in choices
        ]  # fmt: skip

    def _names(self, item: Item, rule: Rule) -> tuple[Name, ...]:
        if item.match is None:
            raise Problem("unknown", item.text, rule.named)
        fitting = item.match.best(rule.named)
        if not fitting:
            raise Problem("not understood")
        return tuple(_named(item, label, self.notes) for label in fitting)

    def _unnamed(self, group: Group, asked: tuple[str, ...]) -> tuple[Rule, list[Constraint]]:
        if group.labels:
            for rule in self._rules(group, asked):
                if set(group.labels) & set(rule.named):
                    side = group.side() if rule.side == "voice" else rule.side
                    labels = tuple(label for label in rule.named if label in group.labels)
                    return rule, [Constraint(fact=rule.fact, side=side, labels=labels, negated=group.negated)]
        for rule in self.kinds.unnamed:
            if group.cue.cls in rule.cues and set(asked) & set(rule.asked):
                labels = self.kinds.facts[rule.fact].subject
                side = "subject" if rule.side == "subject" else "object"
                return rule, [Constraint(fact=rule.fact, side=side, labels=labels, negated=group.negated)]
        raise Problem("not understood")

    def _take_metric(self, asked: tuple[str, ...], form: Form) -> Name | None:
        """The metric that bounds the results, taken out of the groups; a lone metric is what is asked about."""
        if asked == ("Paper",) and not self._thresholds():
            return None
        named = [item for group in self.question.groups for item in group.names]
        for group in self.question.groups:
            for item in group.names:
                labels = _labels(item)
                only = labels == {"Metric"} or ("Metric" in labels and group.cue.cls in ("measure", "by"))
                lone = len(named) == 1 and form not in ("best", "results") and not self._thresholds()
                if only and not lone and item.match:
                    group.before = [name for name in group.before if name is not item]
                    group.after = [name for name in group.after if name is not item]
                    return _named(item, "Metric", self.notes)
        return None

    def _thresholds(self) -> tuple[Any, ...]:
        return tuple(t for item in self.question.items if item.kind == "threshold" for t in item.value)

    def _period(self) -> Period | None:
        return next((item.value for item in self.question.items if item.kind == "period"), None)

    # -- intents -----------------------------------------------------------------------------------------------------

    def _list(self, form: Form, order: str | None) -> Intent:
        asked = self._asked()
        among = self._take_among(asked)
        yes_no = self._take_subject(asked)
        if yes_no:
            asked, among = yes_no.label if isinstance(yes_no.label, tuple) else (yes_no.label,), (yes_no,)
        if not asked and (form == "best" or self._thresholds()):
            asked = NAMED
        metric = self._take_metric(asked, form)
        groups = [g for g in self.question.groups if g.names or g.labels or not g.cue.weak]
        if metric or self._thresholds():
            groups = [g for g in groups if g.names or g.cue.cls not in ("report", "measure", "apply", "outperform", "use")]
        # "papers that were published since 2025": every paper is, the date is what counts.
        bare = ("report", "mention", "use", "measure", *(("propose",) if asked == ("Paper",) else ()))
        said = len(groups) > 1 or self._period() is not None or order is not None
        groups = [g for g in groups if not (g.cue.cls in bare and not g.names and not g.labels and said)]
        constraints: list[Constraint] = []
        first: Rule | None = None
        for group in groups:
            rule, found = self._constraints(group, asked)
            first = first or rule
            if not asked:
                asked = rule.answers
            asked = tuple(label for label in asked if not rule.answers or label in rule.answers)
            constraints += found
        if not asked or (not constraints and not self._enough(among, metric, order)):
            raise Problem("not understood")
        ranked = form == "best" and (metric or any(c.fact == "evaluated_on" for c in constraints) or self._thresholds())
        if form == "best" and not ranked:
            if asked == NAMED or set(asked) <= set(NAMED):
                raise Problem("not understood")
            form, order = "list", "papers"
        return Intent(
            kind=self._kind(form, first, order), form=form, asked=asked, constraints=tuple(constraints),
            join=self.question.join, among=among, metric=metric, thresholds=self._thresholds(), period=self._period(),
            order=_order_of(order, form, constraints), direction=self._direction(order, metric),
            absolute=form == "best" and not self._is_ratio(metric), limit=self._limit(form, order),
            yes_no=yes_no is not None,
        )  # fmt: skip

    def _enough(self, among: tuple[Name, ...], metric: Name | None, order: str | None) -> bool:
        """Whether a question without constraints asks for something: "list all benchmarks", "papers since 2024"."""
        if among or metric or order in ("papers", "newest", "oldest") or self._period() or self.question.has("count"):
            return True
        return not self.question.names() and not self.question.ignored and (
            self.question.has("asking") or len(self.question.items) <= 3
        )

    def _kind(self, form: Form, rule: Rule | None, order: str | None) -> str:
        if form == "count":
            return "count"
        if form == "best":
            return "best on a benchmark"
        return rule.kind if rule else "list by time" if self._period() or order in ("newest", "oldest") else "list"

    def _take_among(self, asked: tuple[str, ...]) -> tuple[Name, ...]:
        """The family whose members alone may answer: "which LLaMA models …"."""
        asked_item = self.question.asked
        if asked_item is None or not set(asked) & set(NAMED):
            return ()
        for group in self.question.groups:
            for item in group.names:
                near = 0 <= asked_item.first - item.last <= 2 or group.cue.cls in ("none", "of", "in")
                if item.value == "family" and item.match and near:
                    group.before = [name for name in group.before if name is not item]
                    group.after = [name for name in group.after if name is not item]
                    return tuple(_named(item, label, []) for label in item.match.entries if label in asked)
        return ()

    def _take_subject(self, asked: tuple[str, ...]) -> Name | None:
        """What a yes-or-no question is about: "does GRPO outperform PPO"."""
        if asked:
            return None
        for group in self.question.groups:
            if len(group.before) == 1 and group.after and group.before[0].match:
                item = group.before[0]
                for label, _ in group.before[0].match.entries.items():
                    if any(self._rule(group, _labels(name), (label,)) for name in group.after):
                        group.before = []
                        return _named(item, label, self.notes)
        return None

    def _results(self, order: str | None) -> Intent:
        constraints: list[Constraint] = []
        metric: Name | None = None
        for group in self.question.groups:
            against = group.cue.cls in ("compare", "outperform") or group.cue.cls == "over"
            names: dict[str, list[Name]] = {}
            for item in [*group.before, *group.after]:
                if item.match is None:
                    raise Problem("unknown", item.text)
                for label in _results_labels(item, group):
                    if label == "Metric" and metric is None:
                        metric = _named(item, label, self.notes)
                        continue
                    end = "AGAINST" if against and item in group.after and label in NAMED else _END[label]
                    names.setdefault(end, []).append(_named(item, label, self.notes))
            constraints += [
                Constraint(fact=end, side="object", names=tuple(found), labels=tuple(dict.fromkeys(n.label for n in found)))
                for end, found in names.items()
            ]
        if not constraints and metric is None:
            raise Problem("not understood")
        ordered = order in ("metric", "anti", "max", "min")
        return Intent(
            kind="results", form="results", asked=("Result",), constraints=tuple(constraints), metric=metric,
            thresholds=self._thresholds(), period=self._period(), order="number" if ordered else _order_of(order, "list", []),
            direction=self._direction(order, metric), absolute=ordered and not self._is_ratio(metric),
            limit=self._limit("best", order) if ordered else None,
        )  # fmt: skip

    def _many(self, kind: str, form: Form) -> Intent:
        """A definition or a comparison of all the things named."""
        names: list[Name] = []
        for item in self.question.names():
            if item.match is None:
                raise Problem("unknown", item.text)
            labels = item.match.best(ENTITIES) or list(item.match.entries)
            names += [_named(item, label, self.notes) for label in labels]
        papers = sum(name.label == "Paper" for name in names)
        if not names or papers not in (0, len(names)) or (form == "compare" and len({i for name in names for i in name.ids}) < 2):
            raise Problem("not understood")
        if form == "compare":
            shared = set.intersection(*(_labels(item) for item in self.question.names()))
            names = [name for name in names if not shared or name.label in shared]
        return Intent(kind=kind, form=form, asked=tuple(dict.fromkeys(name.label for name in names)), among=tuple(names))

    # -- order and limit ---------------------------------------------------------------------------------------------

    def _direction(self, order: str | None, metric: Name | None) -> Direction:
        if order in ("max", "min"):
            return "max" if order == "max" else "min"
        if order == "oldest":
            return "min"
        words = {word for name in (metric.names if metric else ()) for word in name.lower().replace("-", " ").split()}
        lower = bool(words & self.vocabulary.lower_is_better) and not words & {"efficiency", "speedup", "reduction"}
        return "min" if lower != (order == "anti") else "max"

    def _is_ratio(self, metric: Name | None) -> bool:
        words = {word for name in (metric.names if metric else ()) for word in name.lower().split()}
        return bool(words & self.vocabulary.ratios)

    def _limit(self, form: Form, order: str | None) -> int | None:
        """An explicit number of things, or one for a superlative in the singular."""
        items = self.question.items
        for position, item in enumerate(items):
            if item.kind != "number" or not 0 < item.value < 1000:
                continue
            near = items[max(0, position - 1) : position + 3]
            if any(i.sense("order") or i.sense("target") for i in near):
                return int(item.value)
        target: Target | None = self.question.asked.sense("target") if self.question.asked else None
        whole = any(i.sense("order") and i.text in _WHOLE_RANKING for i in items)
        if form == "best" and not whole and (target is None or not target.plural):
            return 1
        if order in ("newest", "oldest") and target and not target.plural:
            return 1
        return None


_END = {"Benchmark": "ON", "Method": "OF", "Model": "OF", "Metric": "MEASURES", "Paper": "HAS_RESULT"}
_HAVING = frozenset({"has", "have", "holds", "hold", "had", "gets", "got", "holding"})
_WHOLE_RANKING = frozenset({"leaderboard", "ranking", "rankings", "rank", "ranked"})


def _is_strong(item: Item) -> bool:
    return bool(item.sense("cue")) and not item.sense("cue").weak and not item.sense("order")


def _labels(item: Item) -> set[str]:
    return set(item.match.entries) if item.match else set()


def _results_labels(item: Item, group: Group) -> list[str]:
    """The labels that a name may have in a question about results: the ones that a result can be joined with."""
    labels = [label for label in _labels(item) if label in _END]
    if group.cue.cls in ("measure", "by") and "Metric" in labels:
        return ["Metric"]
    if not labels:
        raise Problem("not understood")
    preferred = [label for label in labels if label not in ("Metric", "Paper")]
    return sorted(preferred or labels)


def _named(item: Item, label: str, notes: list[str]) -> Name:
    """The item as a name; that it stands for several nodes is noted."""
    match = item.match
    assert match is not None  # noqa: S101 - every caller has looked
    name = match.name(item.text, label)
    if len(name.ids) > 1 and match.how != "family":
        notes.append(f"{item.text!r} may be {' or '.join(name.names)}; all are taken.")
    return name


def _order_of(order: str | None, form: Form, constraints: list[Constraint]) -> Order:
    if form == "best":
        return "number"
    if order in ("newest", "oldest"):
        return "date"
    return "papers" if order == "papers" else "name"
