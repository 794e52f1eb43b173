"""The clauses that every query is made of, in the Cypher that both databases take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.ask.intent import Constraint, Intent
from kg.ask.vocabulary import Ends, Fact, Kinds

VARIABLE = {"OF": "m", "ON": "b", "MEASURES": "k", "AGAINST": "y"}
"""The variable for each thing that a result is joined with, by the edge."""
LABELS = {"OF": "Method|Model", "ON": "Benchmark", "MEASURES": "Metric", "AGAINST": "Method|Model"}
"""The labels of each such thing."""
END_OF = {"Method": "OF", "Model": "OF", "Benchmark": "ON", "Metric": "MEASURES"}
"""The edge by which a result is joined with what is asked for."""

NOTHING = "toLower(null)"
"""A null of type string: in a union Ladybug wants every branch to say of what type a column is."""

FIRST_SENTENCE = "e.sentences[-size(e.sentences)]"
"""Lists are read from their end, which is the same place on both databases."""

EACH_EVIDENCE = (
    "UNWIND range(1, size(e.papers)) AS i",
    "WITH x, n, e.papers[-i] AS paper, e.sentences[-i] AS sentence",
    "MATCH (p:Paper {id: paper})",
)
"""One row for each paper and sentence of the edge e between x and n."""

PAPER_OF_RESULT = "OPTIONAL MATCH (p:Paper)-[:HAS_RESULT]->(r)"
"""The paper of r, which every result has. It stands apart from what is asked about r: Ladybug takes 5 ms to plan a
pattern of three edges and 30 ms to plan one of four."""


@dataclass
class Meeting:
    """Where x takes part in several facts: clauses before x is matched, clauses that match it further, conditions.

    ``gathering`` makes ``lists`` of ids. ``members`` are lists of these for each fact: x is in one of them.
    """

    gathering: list[str] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    members: list[list[str]] = field(default_factory=list)

    def among(self, x: str) -> list[str]:
        """The conditions that an id is in the lists of every fact."""
        return [f"({' OR '.join(f'{x} IN {name}' for name in lists)})" for lists in self.members]


@dataclass
class Clauses:
    """Writes clauses for one intent and gathers their parameters.

    In all of them ``x`` is what is asked for, ``n`` a thing that is named, ``p`` a paper and ``r`` a result.
    """

    intent: Intent
    kinds: Kinds
    parameters: dict[str, Any] = field(default_factory=dict)

    def set(self, name: str, value: Any) -> str:
        """Gives a parameter its value; the result is how a query names it."""
        self.parameters[name] = value
        return f"${name}"

    @property
    def papers_asked(self) -> bool:
        """Whether the answer is papers, which are their own evidence."""
        return self.intent.asked == ("Paper",)

    @property
    def labels(self) -> str:
        """The labels asked for, as a pattern has them."""
        return "|".join(self.intent.asked)

    @property
    def column(self) -> str:
        """The name of the first column."""
        return self.intent.asked[0].lower() if len(self.intent.asked) == 1 else "name"

    @property
    def name(self) -> str:
        """The value of the first column."""
        return "x.title" if self.papers_asked else "x.name"

    def fact(self, constraint: Constraint) -> Fact:
        """The fact of a constraint."""
        return self.kinds.facts[constraint.fact]

    def limit(self) -> str:
        """The SKIP and LIMIT clauses, as far as there are bounds."""
        skip = f"SKIP {self.set('skip', self.intent.skip)} " if self.intent.skip else ""
        return f"{skip}LIMIT {self.set('limit', self.intent.limit)}" if self.intent.limit else ""

    def is_one_of(self, variable: str, parameter: str, ids: Sequence[str]) -> str:
        """The condition that a variable has one of some ids; of one alone, Ladybug finds it by its index."""
        if len(ids) == 1:
            return f"{variable}.id = {self.set(parameter.replace('names', 'name'), ids[0])}"
        return f"{variable}.id IN {self.set(parameter, list(ids))}"

    def named(self, variable: str, number: int, constraint: Constraint) -> list[str]:
        """The condition that a variable is one of the things that a constraint names; none where any will do."""
        ids = [i for name in constraint.names for i in name.ids]
        return [self.is_one_of(variable, f"names{number}", ids)] if ids else []

    @staticmethod
    def named_labels(constraint: Constraint) -> str:
        """The labels of what a constraint names."""
        return "|".join(dict.fromkeys(name.label for name in constraint.names) or constraint.labels)

    def among(self) -> list[str]:
        """The condition that x is one of the nodes that alone may answer."""
        ids = [i for name in self.intent.among for i in name.ids]
        return [self.is_one_of("x", "among", ids)] if ids else []

    def period(self, paper: str) -> list[str]:
        """Conditions on the date of a paper."""
        period, found = self.intent.period, []
        if period and period.since:
            found.append(f"{paper}.published >= {self.set('since', period.since)}")
        if period and period.until:
            found.append(f"{paper}.published < {self.set('until', period.until)}")
        return found

    def numbers(self) -> list[str]:
        """Conditions on the number of the result r."""
        found = ["r.kind = 'absolute'"] if self.intent.absolute else []
        for position, threshold in enumerate(self.intent.thresholds, 1):
            found.append(f"r.number {threshold.operator} {self.set(f'number{position}', threshold.number)}")
            if threshold.unit:
                units = ["%", ""] if threshold.unit == "%" else [threshold.unit]
                found.append(f"r.unit IN {self.set('units', units)}")
        return found

    def holds(self, number: int, constraint: Constraint) -> str:
        """The condition that x takes part in the fact of a constraint."""
        ways = [exists(parts, conditions) for parts, conditions in self._ways(number, constraint)]
        condition = ways[0] if len(ways) == 1 else f"({' OR '.join(ways)})"
        return f"NOT {condition}" if constraint.negated else condition

    def is_led_to(self, constraint: Constraint) -> bool:
        """Whether what a constraint names leads to what takes part in its fact, whenever that was."""
        return bool(constraint.names) and not constraint.negated and not self.intent.period

    def meets(self, constraints: Mapping[int, Constraint]) -> Meeting:
        """How x is found that takes part in the facts of all of some numbered constraints.

        Where a thing is named, its edges lead to what takes part in the fact; Ladybug would look at each x instead, for
        ``EXISTS``. Where a fact may be stated in two ways, the ids of what each way leads to are gathered first.
        """
        found = Meeting()
        for number, constraint in constraints.items():
            if not self.is_led_to(constraint):
                found.conditions.append(self.holds(number, constraint))
                continue
            ways = self._ways(number, constraint)
            if len(ways) == 1:
                parts, conditions = ways[0]
                found.patterns += [match(parts), where(conditions)]
            else:
                gathered: list[str] = []
                for way, (parts, conditions) in enumerate(ways, 1):
                    pattern = match(parts).replace("(x)", f"(x:{self.labels})", 1)
                    kept = [*found.lists, *gathered]
                    gathered.append(f"found{number}_{way}")
                    lists = [*kept, f"collect(x.id) AS {gathered[-1]}"]
                    found.gathering += [f"OPTIONAL {pattern}", where(conditions), f"WITH {', '.join(lists)}"]
                found.lists += gathered
                found.members.append(gathered)
        return found

    def _ways(self, number: int, constraint: Constraint) -> list[tuple[list[str], list[str]]]:
        """The patterns, each with its conditions, by any of which x takes part in the fact of a constraint."""
        fact, n = self.fact(constraint), f"n{number}"
        named = self.named(n, number, constraint)
        node = f"({n}:{self.named_labels(constraint)})"
        ways = []
        if fact.edge:
            edge = arrow("(x)", f"e{number}", fact.edge, node, constraint)
            if not self.intent.period:
                ways.append(([edge], named))
            elif fact.subject == ("Paper",):
                paper = "x" if constraint.side == "object" else n
                ways.append(([edge], [*named, *self.period(paper)]))
            else:
                dated = [f"p{number}.id IN e{number}.papers", *self.period(f"p{number}")]
                ways.append(([edge, f"(p{number}:Paper)-[:MENTIONS]->({n})"], [*named, *dated]))
        if fact.result:
            parts = result_parts(ends(fact.result, constraint), f"r{number}", node, f"p{number}")
            if not self.intent.period and not parts[0].startswith("(x)"):
                # Without a date the paper of the result does not matter.
                parts = [parts[1].replace(f"(r{number})", f"(r{number}:Result)", 1), *parts[2:]]
            ways.append((parts, [*named, *self.period(f"p{number}" if "p" in parts[0][:2] else "x")]))
        return ways


def ends(of: Ends, constraint: Constraint) -> tuple[str | None, str | None]:
    """The edges from a result to x and to what is named; None where that is the result's paper."""
    return (of.subject, of.object) if constraint.side == "object" else (of.object, of.subject)


def result_parts(edges: tuple[str | None, str | None], result: str, node: str, paper: str) -> list[str]:
    """Patterns that join x, a named node and a result of a paper; x may be the paper itself."""
    mine, other = edges
    holder = f"({paper}:Paper)" if mine else "(x)"
    parts = [f"{holder}-[:HAS_RESULT]->({result}:Result)"]
    if mine:
        parts.append(f"({result})-[:{quoted(mine)}]->(x)")
    return [*parts, f"({result})-[:{quoted(other or 'HAS_RESULT')}]->{node}"]


def arrow(x: str, variable: str, edge: str, node: str, constraint: Constraint) -> str:
    """The pattern of an edge between x and a named node, in its direction."""
    first, last = (x, node) if constraint.side == "object" else (node, x)
    return f"{first}-[{variable}:{quoted(edge)}]->{last}"


def quoted(name: str) -> str:
    """A name of the schema, or a column, as Cypher writes it: `ON` is a word of the language."""
    return f"`{name}`" if name.upper() in ("ON", "OF") else name


def where(conditions: Sequence[str]) -> str:
    """The WHERE clause for all conditions; empty if there is none."""
    return "WHERE " + " AND ".join(conditions) if conditions else ""


def match(parts: Sequence[str]) -> str:
    """A MATCH clause of several patterns."""
    return "MATCH " + ", ".join(parts)


def match_result(parts: Sequence[str]) -> str:
    """A MATCH clause of what is joined with the result r."""
    pattern = match(parts or ["(r)"])
    return pattern if "(r:Result)" in pattern else pattern.replace("(r)", "(r:Result)", 1)


def exists(parts: Sequence[str], conditions: Sequence[str]) -> str:
    """The condition that a pattern is there."""
    return f"EXISTS {{ {' '.join(part for part in (match(parts), where(conditions)) if part)} }}"


def returns(values: dict[str, str]) -> str:
    """A RETURN clause: column to expression."""
    return "RETURN " + ", ".join(f"{value} AS {quoted(name)}" for name, value in values.items())


def text(lines: Sequence[str]) -> str:
    """A query of the clauses that are not empty."""
    return "\n".join(line for line in lines if line)
