"""What a question means, and what an answer holds: the types between the reader of questions and the store."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Operator = Literal[">", ">=", "<", "<=", "="]
Comparison = Literal[">", ">=", "<", "<=", "=", "better", "worse"]
"""How a question bounds a number; what "better" is depends on the metric."""
Direction = Literal["max", "min"]
Order = Literal["name", "number", "date", "papers"]
Form = Literal["list", "count", "best", "results", "define", "compare"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class Name(_Model):
    """A name of the question with the nodes of one label that it stands for.

    ``text`` is what was typed, ``names`` are the names in the graph, parallel to ``ids``.
    """

    text: str
    label: str
    ids: tuple[str, ...]
    names: tuple[str, ...]


class Constraint(_Model):
    """A fact that what is asked for takes part in.

    ``side`` says on which end of ``fact`` the names stand. ``names`` are alternatives (one for each label, or joined
    by "or"); none at all means that any will do.
    """

    fact: str
    side: Literal["subject", "object"]
    names: tuple[Name, ...] = ()
    labels: tuple[str, ...] = ()
    negated: bool = False


class Threshold(_Model):
    """A bound on the number of a result."""

    operator: Operator
    number: float
    unit: str = ""


class Period(_Model):
    """A span of publication dates: ISO dates or their beginnings; ``since`` is within it, ``until`` is not."""

    since: str | None = None
    until: str | None = None


class Intent(_Model):
    """A question, understood.

    ``kind`` names the kind of question in ``config/ask/kinds.yaml``; ``asked`` holds the labels asked for, and
    ``among`` the only nodes that may answer (a family, or the subject of a yes-or-no question). All or any of the
    constraints must hold. Metric and thresholds bound the results that count. ``limit`` counts names, not rows;
    ``skip`` leaves out the best ones ("second best").
    """

    kind: str
    form: Form
    asked: tuple[str, ...]
    constraints: tuple[Constraint, ...] = ()
    join: Literal["all", "any"] = "all"
    among: tuple[Name, ...] = ()
    metric: Name | None = None
    thresholds: tuple[Threshold, ...] = ()
    period: Period | None = None
    order: Order = "name"
    direction: Direction = "max"
    absolute: bool = False
    yes_no: bool = False
    limit: int | None = None
    skip: int = 0


class Evidence(_Model):
    """Where a paper states what a row says."""

    row: int
    paper: str
    sentence: str | None = None


class Answer(_Model):
    """An answer with the query that gave it.

    Rows are in the order of ``columns``; the first column holds the names asked for. A question that was not
    understood, or that names something unknown, has no intent or no rows, and ``notes`` says why; ``suggestions`` are
    questions that do have an answer.
    """

    question: str
    intent: Intent | None = None
    query: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict)
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()

    def names(self) -> list[str]:
        """The different values of the first column, in order."""
        return list(dict.fromkeys(str(row[0]) for row in self.rows))
