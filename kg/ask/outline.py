"""What kind of question it is: what is asked for, in which form, in which order, how much of it."""

from __future__ import annotations

from dataclasses import dataclass

from kg.ask.groups import Group, Question, is_name
from kg.ask.intent import Comparison, Direction, Form, Name, Operator, Period, Threshold
from kg.ask.scan import Bound, Item
from kg.ask.vocabulary import Cue, Kinds, Rule, Target, Vocabulary

NAMED = ("Method", "Model")
ENTITIES = (*NAMED, "Benchmark", "Metric", "Task")

_HAVING = frozenset({"has", "have", "holds", "hold", "had", "gets", "got", "holding"})
_WHOLE_RANKING = frozenset(
    {"leaderboard", "leader board", "scoreboard", "board", "ranking", "rankings", "rank", "ranked"}
)


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
        items = self.question.items
        found = [
            str(item.sense("order"))
            for position, item in enumerate(items)
            # "the first paper", but "who introduced it first"
            if item.sense("order")
            and (item.text != "first" or items[position + 1 : position + 2] == [self.question.asked])
        ]
        for wanted in ("papers", "newest", "oldest"):
            if wanted in found:
                return wanted
        if not found and self.skip():
            return "metric"  # "who is second on B"
        return next((order for order in found if order in ("max", "min")), found[0] if found else None)

    def form(self, order: str | None) -> Form:
        """The form of the question, given its superlative."""
        question, asked = self.question, self.asked()
        names = question.names()
        if self._asks_how_measured():
            question.asked = None
            self._turn("measure")
            return "list"
        strong = [g for g in question.groups if not g.cue.weak]
        comparable = question.has("compare") and len(names) > 1 and asked in ((), ("Result",), NAMED)
        if comparable and all(g.cue.cls == "compare" for g in strong):
            return "compare"
        if not asked and any(g.cue.cls == "compare" and g.before and g.after for g in strong):
            return "compare"
        if question.has("count"):
            return "count"
        if not asked and not strong and order == "metric" and len(names) > 1 and self._all_named():
            return "compare"  # "GRPO or PPO, which is best"
        if asked == ("Result",):
            return "results"
        if order in ("metric", "anti", "max", "min"):
            return self._superlative(asked)
        if asked:
            return "list"
        if self.bounds() and not any(labels_of(item) & set(NAMED) for item in names):
            return "list"
        labels = {label for item in names if item.match for label in item.match.entries}
        if names and not strong and (self.period() or order in ("newest", "oldest")):
            question.asked = Item("word", "papers", 0, 0, {"target": Target(("Paper",), order is None)})
            return "list"
        joined = any(g.cue.cls != "none" for g in question.groups)
        who = question.items[0].text == "who" or (question.items[0].text == "who is" and joined)
        if who and not strong and labels & {"Benchmark", "Task"}:
            self._turn("apply" if "Task" in labels else "report")
            return "list"
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
        if how and labels == {"Task"}:
            self._turn("apply")
            return "list"
        if names and not strong and all(g.cue.cls in ("none", "of", "on", "for", "in") for g in question.groups):
            return "define"
        return "results" if names and strong and labels & {"Benchmark", "Metric"} else "list"

    def _all_named(self) -> bool:
        return all(labels_of(item) & set(NAMED) for item in self.question.names())

    def _asks_how_measured(self) -> bool:
        """Whether it is asked how a benchmark is measured: "how is B scored", "how do you measure performance on B"."""
        first = self.question.items[0]
        if first.text.split()[0] != "how" or first.sense("count") or first.sense("target"):
            return False
        if not all(labels_of(item) == {"Benchmark"} for item in self.question.names()) or self.asked() not in (
            (),
            ("Result",),
        ):
            return False
        strong = [g for g in self.question.groups if not g.cue.weak]
        passive = any(g.cue.cls == "report" and g.passive for g in strong)
        return passive or any(g.cue.cls == "measure" for g in strong)

    def _turn(self, cls: str) -> None:
        """Gives all names another cue."""
        for group in self.question.groups:
            group.cue = Cue(cls, "active")
            group.before, group.after, group.passive = [], group.names, False

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

    def bounds(self) -> list[Bound]:
        """The bounds on numbers, as they were said."""
        return [bound for item in self.question.items if item.kind == "threshold" for bound in item.value]

    def bounds_a_score(self) -> bool:
        """Whether the bounds are those of a score: neither a ratio ("2x") nor a cost with a unit of its own."""
        return bool(self.bounds()) and all(bound.unit in ("", "%") for bound in self.bounds())

    def thresholds(self, metric: Name | None) -> tuple[Threshold, ...]:
        """The bounds on numbers of a metric, of which more or less may be better."""
        operators: dict[Comparison, Operator] = {">": ">", ">=": ">=", "<": "<", "<=": "<=", "=": "="}
        rising = self.direction("metric", metric) == "max"
        operators |= {"better": ">", "worse": "<"} if rising else {"better": "<", "worse": ">"}
        return tuple(
            Threshold(operator=operators[bound.comparison], number=bound.number, unit=bound.unit)
            for bound in self.bounds()
        )

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

    def skip(self) -> int:
        """How many better ones come before what is asked for: one before the second best."""
        return max((item.sense("ordinal") for item in self.question.items if item.sense("ordinal")), default=1) - 1

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
