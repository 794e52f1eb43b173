"""From the groups of a question to its intent: which fact each group asks for, and what bounds the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kg.ask.clauses import END_OF
from kg.ask.groups import Group
from kg.ask.intent import Constraint, Form, Intent, Name, Order
from kg.ask.names import Entry
from kg.ask.outline import ENTITIES, NAMED, Outline, labels_of
from kg.ask.scan import Item
from kg.ask.vocabulary import Rule

_END = {**END_OF, "Paper": "HAS_RESULT"}


@dataclass
class UnreadError(Exception):
    """Why a question has no intent: it was not understood, or ``text`` names nothing known or several things.

    "unknown alone" is a question of which nothing but the unknown name could be read. ``names`` are the (label, name)
    of what is known in it.
    """

    kind: Literal["not understood", "unknown", "unknown alone", "partial"]
    text: str = ""
    labels: tuple[str, ...] = ()
    candidates: list[Entry] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)


class Reading(Outline):
    """One question on its way to an intent."""

    def intent(self) -> Intent:
        """The intent.

        Raises:
            UnreadError: there is none.
        """
        self._set_aside_words()
        self._refuse_unknown_names()
        order = self.order()
        form = self.form(order)
        if form == "compare":
            return self._many("comparison", form)
        if form == "define":
            if self.question.ignored:
                raise UnreadError("not understood")
            return self._many("definition", form)
        if form == "results" or self.asked() == ("Result",):
            return self._results(form, order)
        return self._list(form, order)

    # -- what was not recognised -------------------------------------------------------------------------------------

    def _set_aside_words(self) -> None:
        """Unknown words in small letters that no cue waits for are noted, if the rest says enough."""
        known = [item for item in self.question.names() if item.match]
        for item in self.question.names():
            if item.match or item.value or item.text != item.text.lower() or any(c.isdigit() for c in item.text):
                continue
            group = next((g for g in self.question.groups if item in g.names), None)
            alone = group is not None and group.names == [item] and group.cue.cls != "none"
            if known and (not alone or self._goes_on(item)):
                self.question.ignored.append(item.text)
                for other in self.question.groups:
                    other.before = [name for name in other.before if name is not item]
                    other.after = [name for name in other.after if name is not item]
                item.kind = "word"
        self._rejoin()
        if len(self.question.ignored) > 2:
            raise UnreadError("not understood")

    def _goes_on(self, item: Item) -> bool:
        """Whether a cue with a known name follows a word: "evaluate robustly on B"."""
        following = [other for other in self.question.items if other.first > item.last]
        return len(following) > 1 and bool(following[0].sense("cue")) and any(name.match for name in following[1:])

    def _rejoin(self) -> None:
        """Gives a cue that lost its only word the name behind the next preposition; empty prepositions go."""
        groups: list[Group] = []
        for group in self.question.groups:
            before = groups[-1] if groups else None
            if before and not before.cue.weak and not before.names and not before.labels and group.cue.weak:
                before.after, before.operator = group.after, group.operator
            elif group.names or group.labels or not group.cue.weak:
                groups.append(group)
        self.question.groups = groups

    def _refuse_unknown_names(self) -> None:
        unknown = [item for item in self.question.names() if not item.match]
        if not unknown:
            return
        said = [
            i for i in self.question.items if i.kind != "unknown" and set(i.senses) - {"stop", "asking", "conjunction"}
        ]
        meaningful = [i for i in said if not (i.sense("cue") and i.sense("cue").weak and len(i.senses) == 1)]
        first = unknown[0]
        if first.value and isinstance(first.value, list):
            raise UnreadError("partial", first.text, candidates=first.value)
        if (not meaningful and len(self.question.items) > len(unknown)) or (len(first.text.split()) > 4 and not said):
            raise UnreadError("not understood")
        group = next((g for g in self.question.groups if first in g.names), None)
        rules = self.rules(group, self.asked()) if group is not None else []
        labels = tuple(label for label in (rules[0].named if rules else ()) if label != "Paper")
        raise UnreadError("unknown" if meaningful else "unknown alone", first.text, labels)

    # -- from groups to constraints ----------------------------------------------------------------------------------

    def _constraints(self, group: Group, asked: tuple[str, ...]) -> tuple[Rule, list[Constraint]]:
        """The constraints of one group, and the kind of question they make."""
        if not group.names:
            return self._unnamed(group, asked)
        rule = None
        for item in group.names:
            rule = rule or self.rule(group, labels_of(item), asked)
        if rule is None:
            raise UnreadError("not understood")
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
            raise UnreadError("unknown", item.text, rule.named)
        fitting = item.match.best(rule.named)
        if not fitting:
            raise UnreadError("not understood")
        return tuple(_named(item, label, self.notes) for label in fitting)

    def _unnamed(self, group: Group, asked: tuple[str, ...]) -> tuple[Rule, list[Constraint]]:
        if group.labels:
            for rule in self.rules(group, asked):
                if set(group.labels) & set(rule.named):
                    side = group.side() if rule.side == "voice" else rule.side
                    labels = tuple(label for label in rule.named if label in group.labels)
                    return rule, [Constraint(fact=rule.fact, side=side, labels=labels, negated=group.negated)]
        for rule in self.kinds.unnamed:
            if group.cue.cls in rule.cues and set(asked) & set(rule.asked):
                labels = self.kinds.facts[rule.fact].subject
                side = "subject" if rule.side == "subject" else "object"
                return rule, [Constraint(fact=rule.fact, side=side, labels=labels, negated=group.negated)]
        raise UnreadError("not understood")

    def _take_metric(self, asked: tuple[str, ...], form: Form) -> Name | None:
        """The metric that bounds the results, taken out of the groups; a lone metric is what is asked about."""
        if asked == ("Paper",) and not self.bounds():
            return None
        named = [item for group in self.question.groups for item in group.names]
        for group in self.question.groups:
            for item in group.names:
                labels = labels_of(item)
                only = labels == {"Metric"} or ("Metric" in labels and group.cue.cls in ("measure", "by"))
                lone = len(named) == 1 and form not in ("best", "results") and not self.bounds()
                if only and not lone and item.match:
                    group.before = [name for name in group.before if name is not item]
                    group.after = [name for name in group.after if name is not item]
                    return _named(item, "Metric", self.notes)
        return None

    # -- intents -----------------------------------------------------------------------------------------------------

    def _list(self, form: Form, order: str | None) -> Intent:
        asked = self.asked()
        among = self._take_among(asked)
        yes_no = self._take_subject(asked)
        if yes_no:
            asked, among = yes_no.label if isinstance(yes_no.label, tuple) else (yes_no.label,), (yes_no,)
        if not asked and (form == "best" or self.bounds()):
            if not self.question.names():
                raise UnreadError("not understood")  # "2+": above a number of what?
            asked = NAMED
        if not asked and not self.question.names() and (self.period() or order in ("newest", "oldest")):
            asked = ("Paper",)  # "what came out in 2025"
        metric = self._take_metric(asked, form)
        groups = [g for g in self.question.groups if g.names or g.labels or not g.cue.weak]
        if metric or self.bounds():
            groups = [
                g for g in groups if g.names or g.cue.cls not in ("report", "measure", "apply", "outperform", "use")
            ]
        if any(g.cue.cls == "origin" and g.names for g in groups):
            groups = [g for g in groups if g.names or g.cue.cls != "base"]  # "came from X, i.e. is based on it"
        # "papers that were published since 2025": every paper is, the date is what counts.
        bare = ("report", "mention", "use", "measure", *(("propose",) if asked == ("Paper",) else ()))
        said = len(groups) > 1 or self.period() is not None or order is not None
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
            raise UnreadError("not understood")
        ranked = form == "best" and (metric or any(c.fact == "evaluated_on" for c in constraints) or self.bounds())
        if form == "best" and not ranked:
            if asked == NAMED or set(asked) <= set(NAMED):
                raise UnreadError("not understood")
            form, order = "list", "papers"
        if "Task" in asked and (metric or self.bounds() or ranked):
            raise UnreadError("not understood")  # no result is joined with a task
        if order == "papers" and asked == ("Paper",):
            raise UnreadError("not understood")  # papers are not counted by papers
        return Intent(
            kind=self._kind(form, first, order), form=form, asked=asked, constraints=tuple(constraints),
            join=self.question.join, among=among, metric=metric, thresholds=self.thresholds(metric),
            period=self.period(), order=_order_of(order, form, constraints), direction=self.direction(order, metric),
            absolute=(form == "best" or self.bounds_a_score()) and not self.is_ratio(metric),
            limit=self.limit(form, order), skip=self.skip() if form == "best" else 0,
            yes_no=yes_no is not None,
        )  # fmt: skip

    def _enough(self, among: tuple[Name, ...], metric: Name | None, order: str | None) -> bool:
        """Whether a question without constraints asks for something: "list all benchmarks", "papers since 2024"."""
        if among or metric or order in ("papers", "newest", "oldest") or self.period() or self.question.has("count"):
            return True
        return (
            not self.question.names()
            and not self.question.ignored
            and (self.question.has("asking") or len(self.question.items) <= 3)
        )

    def _kind(self, form: Form, rule: Rule | None, order: str | None) -> str:
        if form == "count":
            return "count"
        if form == "best":
            return "best on a benchmark"
        return rule.kind if rule else "list by time" if self.period() or order in ("newest", "oldest") else "list"

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
                    if any(self.rule(group, labels_of(name), (label,)) for name in group.after):
                        group.before = []
                        return _named(item, label, self.notes)
        return None

    def _results(self, form: Form, order: str | None) -> Intent:
        constraints: list[Constraint] = []
        metric: Name | None = None
        for group in self.question.groups:
            against = group.cue.cls in ("compare", "outperform") or group.cue.cls == "over"
            names: dict[str, list[Name]] = {}
            for item in [*group.before, *group.after]:
                if item.match is None:
                    raise UnreadError("unknown", item.text)
                for label in _results_labels(item, group):
                    if label == "Metric" and metric is None:
                        metric = _named(item, label, self.notes)
                        continue
                    end = "AGAINST" if against and item in group.after and label in NAMED else _END[label]
                    names.setdefault(end, []).append(_named(item, label, self.notes))
            constraints += [
                Constraint(
                    fact=end, side="object", names=tuple(found), labels=tuple(dict.fromkeys(n.label for n in found))
                )
                for end, found in names.items()
            ]
        if not constraints and metric is None:
            raise UnreadError("not understood")
        ordered = order in ("metric", "anti", "max", "min")
        return Intent(
            kind=form, form=form, asked=("Result",), constraints=tuple(constraints), metric=metric,
            thresholds=self.thresholds(metric), period=self.period(),
            order="number" if ordered else _order_of(order, "list", []),
            direction=self.direction(order, metric), absolute=ordered and not self.is_ratio(metric),
            limit=self.limit("best", order) if ordered else None,
        )  # fmt: skip

    def _many(self, kind: str, form: Form) -> Intent:
        """A definition or a comparison of all the things named."""
        names: list[Name] = []
        for item in self.question.names():
            if item.match is None:
                raise UnreadError("unknown", item.text)
            labels = item.match.best(ENTITIES) or list(item.match.entries)
            names += [_named(item, label, self.notes) for label in labels]
        papers = sum(name.label == "Paper" for name in names)
        if (
            not names
            or papers not in (0, len(names))
            or (form == "compare" and len({i for name in names for i in name.ids}) < 2)
        ):
            raise UnreadError("not understood")
        if form == "compare":
            shared = set.intersection(*(labels_of(item) for item in self.question.names()))
            names = [name for name in names if not shared or name.label in shared]
        return Intent(
            kind=kind, form=form, asked=tuple(dict.fromkeys(name.label for name in names)), among=tuple(names)
        )


def _results_labels(item: Item, group: Group) -> list[str]:
    """The labels that a name may have in a question about results: the ones that a result can be joined with."""
    labels = [label for label in labels_of(item) if label in _END]
    if group.cue.cls in ("measure", "by") and "Metric" in labels:
        return ["Metric"]
    if not labels:
        raise UnreadError("not understood")
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
