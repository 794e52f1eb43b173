"""What kind of question it is: what is asked for, in which form, in which order, how much of it."""

from __future__ import annotations

from dataclasses import dataclass

from kg.ask.groups import Group, Question, is_name
from kg.ask.intent import Direction, Form, Name, Period, Threshold
from kg.ask.scan import Item
from kg.ask.vocabulary import Kinds, Rule, Target, Vocabulary

NAMED = ("Method", "Model")
ENTITIES = (*NAMED, "Benchmark", "Metric", "Task")

_HAVING = frozenset({"has", "have", "holds", "hold", "had", "gets", "got", "holding"})
_WHOLE_RANKING = frozenset({"leaderboard", "ranking", "rankings", "rank", "ranked"})


@dataclass
class Outline:
    """One question, its names tied to their cues, with what can be told before any name is looked at closely."""

    question: Question
    vocabulary: Vocabulary
    kinds: Kinds
    notes: list[str]

    def asked(self) -> tuple[str, ...]:
        """The labels asked for; none where the question does not say."""
        target: Target | None = self.question.asked.sense("target") if self.question.asked else None
        return target.labels if target else ()

    def order(self) -> str | None:
        """The superlative, if any; what joins a number is a bound already."""
        found = [str(item.sense("order")) for item in self.question.items if item.sense("order")]
        for wanted in ("papers", "newest", "oldest"):
            if wanted in found:
                return wanted
        return next((order for order in found if order in ("max", "min")), found[0] if found else None)

    def form(self, order: str | None) -> Form:
        """The form of the question, given its superlative."""
        question, asked = self.question, self.asked()
        names = question.names()
        strong = [g for g in question.groups if not g.cue.weak]
        comparable = question.has("compare") and len(names) > 1 and asked in ((), ("Result",), NAMED)
        if comparable and all(g.cue.cls == "compare" for g in strong):
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
        if self.thresholds() and not any(labels_of(item) & set(NAMED) for item in names):
            return "list"
        labels = {label for item in names if item.match for label in item.match.entries}
        if len(names) > 1 and labels & {"Benchmark", "Metric"} and not strong:
            return "results"
        if question.items[0].sense("define") and strong and all(g.cue.cls == "mention" and g.before for g in strong):
            return "define"
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
            if item.sense("order") and is_name(following) and labels_of(following) == {"Metric"}:
                return "results"
        return "best"

    def _any_rule(self, groups: list[Group]) -> bool:
        return any(self.rules(group, ()) for group in groups)

    def rules(self, group: Group, asked: tuple[str, ...]) -> list[Rule]:
        """The kinds of question that a group may belong to, apart from what its names are."""
        cls = group.cue.cls
        return [
            rule
            for rule in self.kinds.kinds
            if cls in (rule.cues if asked else rule.default)
            and (not asked or set(asked) & set(rule.asked))
            and (rule.only_side is None or rule.only_side == group.side())
        ]

    def rule(self, group: Group, labels: set[str], asked: tuple[str, ...]) -> Rule | None:
        """The first kind of question that fits a group and the labels of its name."""
        return next((rule for rule in self.rules(group, asked) if labels & set(rule.named)), None)

    def thresholds(self) -> tuple[Threshold, ...]:
        """The bounds on numbers."""
        return tuple(t for item in self.question.items if item.kind == "threshold" for t in item.value)

    def period(self) -> Period | None:
        """The span of time that is named."""
        return next((item.value for item in self.question.items if item.kind == "period"), None)

    def direction(self, order: str | None, metric: Name | None) -> Direction:
        """Whether the largest number is wanted or the smallest; of some metrics less is better."""
        if order in ("max", "min"):
            return "max" if order == "max" else "min"
        if order == "oldest":
            return "min"
        words = {word for name in (metric.names if metric else ()) for word in name.lower().replace("-", " ").split()}
        lower = bool(words & self.vocabulary.lower_is_better) and not words & {"efficiency", "speedup", "reduction"}
        return "min" if lower != (order == "anti") else "max"

    def is_ratio(self, metric: Name | None) -> bool:
        """Whether the metric is a ratio by nature, so that a relative value is its score."""
        words = {word for name in (metric.names if metric else ()) for word in name.lower().split()}
        return bool(words & self.vocabulary.ratios)

    def limit(self, form: Form, order: str | None) -> int | None:
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


def _is_strong(item: Item) -> bool:
    return bool(item.sense("cue")) and not item.sense("cue").weak and not item.sense("order")


def labels_of(item: Item) -> set[str]:
    """The labels that a name may have."""
    return set(item.match.entries) if item.match else set()
