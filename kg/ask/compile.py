"""From an intent to one Cypher query with parameters.

Labels, edge types and column names come from the schema and from ``config/ask/``; everything that a person typed is a
parameter. The text runs unchanged on Ladybug and on Neo4j: lists are read from their end (``list[-i]`` means the same
on both), and parts with a result or without are joined by ``UNION ALL``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.ask.intent import Constraint, Intent
from kg.ask.vocabulary import Fact, Kinds

_VARIABLE = {"OF": "m", "ON": "b", "MEASURES": "k", "AGAINST": "y"}
_LABELS = {"OF": "Method|Model", "ON": "Benchmark", "MEASURES": "Metric", "AGAINST": "Method|Model"}
_END_OF = {"Method": "OF", "Model": "OF", "Benchmark": "ON", "Metric": "MEASURES"}
_NOTHING = "toLower(null)"
"""A null of type string: in a union Ladybug wants every branch to say of what type a column is."""

_FIRST_SENTENCE = "e.sentences[-size(e.sentences)]"


@dataclass
class Query:
    """A query with its parameters, and whether the rows come in the order asked for."""

    text: str
    parameters: dict[str, Any]
    ordered: bool = False


def compile_intent(intent: Intent, kinds: Kinds) -> Query:
    """The query that answers an intent."""
    return _Compiler(intent, kinds).query()


@dataclass
class _Compiler:
    intent: Intent
    kinds: Kinds
    parameters: dict[str, Any] = field(default_factory=dict)

    def query(self) -> Query:
        intent = self.intent
        if intent.form == "define":
            return self._done(self._define())
        if intent.form == "compare":
            return self._done(self._compare())
        if intent.form == "count":
            return Query(self._count(), self.parameters, ordered=True)
        if intent.form == "results":
            return Query(self._results(), self.parameters, ordered=True)
        if intent.form == "best" or (self._bounded() and self._can_be_scored()):
            return Query(self._scored(), self.parameters, ordered=True)
        if not intent.constraints:
            return Query(self._all(), self.parameters, ordered=True)
        return self._done(self._facts())

    def _done(self, branches: Sequence[str]) -> Query:
        return Query("\nUNION ALL\n".join(branches), self.parameters)

    # -- pieces ------------------------------------------------------------------------------------------------------

    def _set(self, name: str, value: Any) -> str:
        self.parameters[name] = value
        return f"${name}"

    @property
    def _asked(self) -> str:
        return "|".join(self.intent.asked)

    @property
    def _column(self) -> str:
        return self.intent.asked[0].lower() if len(self.intent.asked) == 1 else "name"

    def _bounded(self) -> bool:
        return bool(self.intent.metric or self.intent.thresholds)

    def _can_be_scored(self) -> bool:
        return "Task" not in self.intent.asked

    def _ids(self, number: int, constraint: Constraint) -> str:
        return self._set(f"names{number}", [i for name in constraint.names for i in name.ids])

    def _named_labels(self, constraint: Constraint) -> str:
        return "|".join(dict.fromkeys(name.label for name in constraint.names) or constraint.labels)

    def _period(self, paper: str) -> list[str]:
        period, found = self.intent.period, []
        if period and period.since:
            found.append(f"{paper}.published >= {self._set('since', period.since)}")
        if period and period.until:
            found.append(f"{paper}.published < {self._set('until', period.until)}")
        return found

    def _among(self, variable: str = "x") -> list[str]:
        ids = [i for name in self.intent.among for i in name.ids]
        return [f"{variable}.id IN {self._set('among', ids)}"] if ids else []

    def _numbers(self) -> list[str]:
        """Conditions on the number of the result r."""
        found = ["r.kind = 'absolute'"] if self.intent.absolute else []
        for position, threshold in enumerate(self.intent.thresholds, 1):
            found.append(f"r.number {threshold.operator} {self._set(f'number{position}', threshold.number)}")
            if threshold.unit:
                units = ["%", ""] if threshold.unit == "%" else [threshold.unit]
                found.append(f"r.unit IN {self._set('units', units)}")
        return found

    def _fact(self, constraint: Constraint) -> Fact:
        return self.kinds.facts[constraint.fact]

    def _holds(self, number: int, constraint: Constraint) -> str:
        """The condition that x takes part in the fact of a constraint."""
        fact, n = self._fact(constraint), f"n{number}"
        where = [f"{n}.id IN {self._ids(number, constraint)}"] if constraint.names else []
        named = f"({n}:{self._named_labels(constraint)})"
        ways = []
        if fact.edge:
            arrow = f"(x)-[e{number}:{_q(fact.edge)}]->{named}" if constraint.side == "object" else f"{named}-[e{number}:{_q(fact.edge)}]->(x)"
            if not self.intent.period:
                ways.append(_exists([arrow], where))
            elif fact.subject == ("Paper",):
                ways.append(_exists([arrow], [*where, *self._period("x" if constraint.side == "object" else n)]))
            else:
                mentions = f"(p{number}:Paper)-[:MENTIONS]->({n})"
                dated = [f"p{number}.id IN e{number}.papers", *self._period(f"p{number}")]
                ways.append(_exists([arrow, mentions], [*where, *dated]))
        if fact.result:
            parts, _ = self._result_parts(fact, constraint, f"r{number}", named, number)
            ways.append(_exists(parts, [*where, *(self._period(f"p{number}") if self.intent.period else [])]))
        condition = ways[0] if len(ways) == 1 else f"({' OR '.join(ways)})"
        return f"NOT {condition}" if constraint.negated else condition

    def _result_parts(
        self, fact: Fact, constraint: Constraint, result: str, named: str, number: int | None = None
    ) -> tuple[list[str], str]:
        """Patterns that join x, the named node and a result; and the variable of the metric, if it is one of them."""
        assert fact.result is not None  # noqa: S101 - the caller has looked
        mine, other = fact.result.subject, fact.result.object
        if constraint.side == "subject":
            mine, other = other, mine
        paper = "x" if mine is None else "p" if number is None else f"p{number}"
        # Inside EXISTS the paper matters only for its date.
        needs_paper = number is None or mine is None or self.intent.period is not None
        parts = [f"({paper})-[:HAS_RESULT]->({result}:Result)" if mine is None else f"({paper}:Paper)-[:HAS_RESULT]->({result}:Result)"] if needs_paper else []
        start = f"({result})" if needs_paper else f"({result}:Result)"
        if mine:
            parts.append(f"{start}-[:{_q(mine)}]->(x)")
        parts.append(f"({result})-[:{_q(other or '')}]->{named}")
        metric = "x" if mine == "MEASURES" else "n" if other == "MEASURES" else ""
        return parts, metric

    # -- lists -------------------------------------------------------------------------------------------------------

    def _facts(self) -> list[str]:
        """One or two branches for each constraint that must hold; the others are conditions."""
        positive = [(i, c) for i, c in enumerate(self.intent.constraints, 1) if not c.negated]
        branches: list[str] = []
        if not positive:
            return [self._all()]
        for number, constraint in positive:
            others = [
                self._holds(i, c)
                for i, c in enumerate(self.intent.constraints, 1)
                if i != number and self.intent.join == "all"
            ]
            fact = self._fact(constraint)
            conditions = [*self._among(), *others]
            if fact.edge:
                branches.append(self._edge_branch(number, constraint, conditions))
            if fact.result:
                branches.append(self._result_branch(number, constraint, conditions))
        return branches

    def _columns(self, values: dict[str, str]) -> str:
        """The RETURN clause: the same columns in every branch, null where a branch has nothing to say."""
        facts = [self._fact(c) for c in self.intent.constraints if not c.negated]
        wanted = [self._column]
        if len(facts) > 1:
            wanted += ["relation", "of"]
        elif self.intent.constraints:
            wanted.append(self._other_column())
        if any(fact.result for fact in facts):
            wanted += [name for name in ("metric", "value", "kind") if name not in wanted]
        if self.intent.order == "papers":
            wanted.append("papers")
        wanted += ["published", "sentence"] if self.intent.asked == ("Paper",) else ["paper", "sentence"]
        wanted = list(dict.fromkeys(wanted))
        return "RETURN " + ", ".join(f"{values.get(name, _NOTHING)} AS {_q(name)}" for name in wanted)

    def _other_column(self) -> str:
        constraint = self.intent.constraints[0]
        labels = list(dict.fromkeys(name.label for name in constraint.names)) or list(constraint.labels)
        other = labels[0].lower() if len(labels) == 1 else "of"
        if self.intent.asked != ("Paper",) and other == "paper":
            return "paper"
        return "of" if other == self._column else other

    def _values(self, constraint: Constraint, paper: str, sentence: str) -> dict[str, str]:
        papers = self.intent.asked == ("Paper",)
        values = {
            self._column: "x.title" if papers else "x.name",
            "relation": f"'{self._fact(constraint).says}'",
            "of": "n.name",
            "papers": "x.papers",
            "published": "x.published",
            "sentence": sentence,
        }
        if len([c for c in self.intent.constraints if not c.negated]) == 1:
            values[self._other_column()] = "n.name"
        if not papers:
            values["paper"] = f"{paper}.title"
        return values

    def _edge_branch(self, number: int, constraint: Constraint, conditions: list[str]) -> str:
        fact = self._fact(constraint)
        named = f"(n:{self._named_labels(constraint)})"
        x = f"(x:{self._asked})"
        ends = (x, named) if constraint.side == "object" else (named, x)
        ids = [f"n.id IN {self._ids(number, constraint)}"] if constraint.names else []
        lines = [f"MATCH {ends[0]}-[e:{_q(fact.edge or '')}]->{ends[1]}"]
        if "Paper" in fact.subject:
            paper = "x" if constraint.side == "object" else "n"
            lines.append(_where([*ids, *conditions, *self._period(paper)]))
            return _lines([*lines, self._columns(self._values(constraint, paper, _FIRST_SENTENCE))])
        lines += [
            _where([*ids, *conditions]),
            "UNWIND range(1, size(e.papers)) AS i",
            "WITH x, n, e.papers[-i] AS paper, e.sentences[-i] AS sentence",
            "MATCH (p:Paper {id: paper})",
            _where(self._period("p")),
        ]
        sentence = "sentence"
        values: dict[str, str] = {}
        if fact.result:
            mine, other = fact.result.subject, fact.result.object
            if constraint.side == "subject":
                mine, other = other, mine
            lines.append(f"OPTIONAL MATCH (p)-[:HAS_RESULT]->(r:Result)-[:{_q(mine or '')}]->(x), (r)-[:{_q(other or '')}]->(n)")
            lines.append("OPTIONAL MATCH (r)-[:MEASURES]->(k:Metric)")
            sentence = "coalesce(r.sentence, sentence)"
            values = {"metric": "k.name", "value": "r.value", "kind": "r.kind"}
        distinct = self._columns(values | self._values(constraint, "p", sentence))
        return _lines([*lines, distinct.replace("RETURN", "RETURN DISTINCT", 1)])

    def _result_branch(self, number: int, constraint: Constraint, conditions: list[str]) -> str:
        fact = self._fact(constraint)
        named = f"(n:{self._named_labels(constraint)})"
        parts, metric = self._result_parts(fact, constraint, "r", named)
        parts = [part.replace("(x)", f"(x:{self._asked})", 1) for part in parts]
        where = [f"n.id IN {self._ids(number, constraint)}"] if constraint.names else []
        paper = "x" if self.intent.asked == ("Paper",) else "p"
        where += [*conditions, *self._period(paper)]
        if fact.edge:
            arrow = f"(x)-[e:{_q(fact.edge)}]->(n)" if constraint.side == "object" else f"(n)-[e:{_q(fact.edge)}]->(x)"
            where.append(f"NOT {_exists([arrow], ['p.id IN e.papers'])}")
        lines = ["MATCH " + ", ".join(parts), _where(where)]
        if not metric:
            lines.append("OPTIONAL MATCH (r)-[:MEASURES]->(k:Metric)")
        values = {"metric": f"{metric or 'k'}.name", "value": "r.value", "kind": "r.kind"}
        return _lines([*lines, self._columns(values | self._values(constraint, paper, "r.sentence"))])

    def _all(self) -> str:
        """Everything of a label, or of a family: no fact is asked for."""
        negated = [self._holds(i, c) for i, c in enumerate(self.intent.constraints, 1)]
        if self.intent.asked == ("Paper",):
            newest = "DESC" if self.intent.direction == "max" else "ASC"
            dated = ["x.published IS NOT NULL"] if self.intent.order == "date" else []
            order = f"ORDER BY x.published {newest}, x.title" if dated or self.intent.period else "ORDER BY x.title"
            returned = "RETURN x.title AS paper, x.published AS published"
            return _lines(["MATCH (x:Paper)", _where([*dated, *self._period("x"), *negated]), returned, order, self._limit_clause()])
        dated = []
        if self.intent.period:
            dated = [_exists(["(d:Paper)-[:MENTIONS]->(x)"], self._period("d"))]
        returned = f"RETURN x.name AS {self._column}, x.aliases AS aliases, x.papers AS papers"
        return _lines([f"MATCH (x:{self._asked})", _where([*self._among(), *dated, *negated]), returned, "ORDER BY papers DESC, x.name", self._limit_clause()])

    def _limit_clause(self) -> str:
        return f"LIMIT {self._set('limit', self.intent.limit)}" if self.intent.limit else ""

    def _count(self) -> str:
        if self.intent.asked == ("Result",):
            raise ValueError("results are counted by their rows")
        conditions = [self._holds(i, c) for i, c in enumerate(self.intent.constraints, 1)]
        if self.intent.join == "any" and len(conditions) > 1:
            conditions = [f"({' OR '.join(conditions)})"]
        if self._bounded() and self._can_be_scored():
            lines = self._scored_match(list(self.intent.constraints))
            return _lines([*lines, "RETURN count(DISTINCT x) AS count"])
        dated = []
        if self.intent.period and not self.intent.constraints:
            dated = self._period("x") if self.intent.asked == ("Paper",) else [_exists(["(d:Paper)-[:MENTIONS]->(x)"], self._period("d"))]
        return _lines([f"MATCH (x:{self._asked})", _where([*self._among(), *dated, *conditions]), "RETURN count(x) AS count"])

    # -- results -----------------------------------------------------------------------------------------------------

    def _scored_match(self, constraints: list[Constraint]) -> list[str]:
        """Matches x with its results r in papers p, under all constraints and bounds."""
        ends: dict[str, str] = {}
        where = [*self._among(), *self._numbers()]
        for number, constraint in enumerate(constraints, 1):
            labels = {name.label for name in constraint.names}
            end = "AGAINST" if constraint.fact in ("outperforms", "compared_with") else next((_END_OF[v] for v in labels if v in _END_OF), None)
            joinable = constraint.fact in ("evaluated_on", "measured_on", "measured_of", "scored_by", "scored_with", "evaluates_on", "has_result_of", "reports")
            if end and (joinable or end == "AGAINST") and not constraint.negated and end not in ends:
                ends[end] = f"{_VARIABLE[end]}.id IN {self._ids(number, constraint)}"
            else:
                where.append(self._holds(number, constraint))
        if self.intent.metric:
            ends["MEASURES"] = f"k.id IN {self._set('metric', list(self.intent.metric.ids))}"
        mine = next((_END_OF[label] for label in self.intent.asked if label in _END_OF), None)
        paper = "p" if mine else "x"
        parts = [f"({paper}:Paper)-[:HAS_RESULT]->(r:Result)"]
        if mine:
            parts.append(f"(r)-[:{_q(mine)}]->(x:{self._asked})")
        for end in ends:
            if end != mine:
                parts.append(f"(r)-[:{_q(end)}]->({_VARIABLE[end]}:{_LABELS[end]})")
        self._joined = set(ends) - {mine}
        return ["MATCH " + ", ".join(parts), _where([*(c for e, c in ends.items() if e != mine), *where, *self._period(paper)])]

    def _scored(self) -> str:
        """X by the number of its results; of the best few with all who share the last place."""
        match = self._scored_match(list(self.intent.constraints))
        direction = "DESC" if self.intent.direction == "max" else "ASC"
        pick = self.intent.direction
        lines = list(match)
        if self.intent.limit and self.intent.form == "best":
            # An aggregate right after a LIMIT sees all rows in Ladybug, so the cut is by name, or at the very best.
            scored = [match[0], _and(match[1], "r.number IS NOT NULL")]
            if self.intent.limit == 1:
                lines = [*scored, f"WITH {pick}(r.number) AS best", match[0], _and(match[1], "r.number = best")]
            else:
                cut = [f"WITH x, {pick}(r.number) AS best", f"ORDER BY best {direction}, x.name", self._limit_clause()]
                lines = [*scored, *cut, match[0], _and(match[1], "r.number = best")]
        elif self.intent.form == "best":
            lines[1] = _and(lines[1], "r.number IS NOT NULL")
        lines += [
            f"OPTIONAL MATCH (r)-[:{_q(end)}]->({_VARIABLE[end]}:{_LABELS[end]})"
            for end in ("ON", "MEASURES")
            if end not in self._joined and end != _END_OF.get(self.intent.asked[0])
        ]
        papers = self.intent.asked == ("Paper",)
        values = {self._column: "x.title" if papers else "x.name"}
        if self.intent.asked != ("Benchmark",):
            values["benchmark"] = "b.name"
        if self.intent.asked != ("Metric",):
            values["metric"] = "k.name"
        values |= {"value": "r.value", "kind": "r.kind"}
        values |= {"sentence": "r.sentence"} if papers else {"paper": "p.title", "sentence": "r.sentence"}
        returned = "RETURN " + ", ".join(f"{value} AS {_q(name)}" for name, value in values.items())
        order = f"ORDER BY r.number {direction}, {_q(self._column)}" if self.intent.order == "number" else f"ORDER BY {_q(self._column)}, value"
        return _lines([*lines, returned, order])

    def _results(self) -> str:
        """Results themselves, with all that they are joined to."""
        parts, where, joined = ["(p:Paper)-[:HAS_RESULT]->(r:Result)"], [*self._numbers(), *self._period("p")], set()
        for number, constraint in enumerate(self.intent.constraints, 1):
            end = constraint.fact
            if end == "HAS_RESULT":
                where.append(f"p.id IN {self._ids(number, constraint)}")
                continue
            variable = _VARIABLE[end] if end not in joined else f"{_VARIABLE[end]}{number}"
            joined.add(end)
            parts.append(f"(r)-[:{_q(end)}]->({variable}:{self._named_labels(constraint)})")
            where.append(f"{variable}.id IN {self._ids(number, constraint)}")
        if self.intent.metric:
            joined.add("MEASURES")
            parts.append("(r)-[:MEASURES]->(k:Metric)")
            where.append(f"k.id IN {self._set('metric', list(self.intent.metric.ids))}")
        ranked = self.intent.order == "number"
        if ranked:
            where.append("r.number IS NOT NULL")
        lines = ["MATCH " + ", ".join(parts), _where(where)]
        lines += [
            f"OPTIONAL MATCH (r)-[:{_q(end)}]->({variable}:{_LABELS[end]})"
            for end, variable in _VARIABLE.items()
            if end not in joined
        ]
        lines.append(
            "RETURN r.value AS value, k.name AS metric, m.name AS method, b.name AS benchmark, r.kind AS kind, "
            "y.name AS baseline, p.title AS paper, r.sentence AS sentence, r.number AS number"
        )
        direction = "DESC" if self.intent.direction == "max" else "ASC"
        lines.append(f"ORDER BY number {direction}, value" if ranked else "ORDER BY method, benchmark, metric, value, paper")
        return _lines([*lines, self._limit_clause() if ranked else ""])

    # -- definitions and comparisons ---------------------------------------------------------------------------------

    def _by_label(self) -> dict[str, str]:
        """For each label of the names its parameter."""
        found: dict[str, list[str]] = {}
        for name in self.intent.among:
            found.setdefault(name.label, []).extend(name.ids)
        return {label: self._set(label.lower(), list(dict.fromkeys(ids))) for label, ids in found.items()}

    def _define(self) -> list[str]:
        labels = self._by_label()
        if "Paper" in labels:
            returned = "RETURN x.title AS paper, x.published AS published, x.authors AS authors, x.abstract AS sentence"
            return [_lines(["MATCH (x:Paper)", f"WHERE x.id IN {labels['Paper']}", returned])]
        branches = []
        for label, ids in labels.items():
            branches.append(_lines([
                f"MATCH (x:{label})", f"WHERE x.id IN {ids}",
                "OPTIONAL MATCH (p:Paper)-[e:PROPOSES]->(x)",
                f"RETURN x.name AS name, '{label}' AS type, x.aliases AS aliases, x.papers AS papers, "
                f"p.title AS paper, {_FIRST_SENTENCE} AS sentence",
            ]))  # fmt: skip
        return branches

    def _compare(self) -> list[str]:
        """What each is and where it was proposed, what they say of each other, and the results of each."""
        labels = self._by_label()
        branches = []
        for label, ids in labels.items():
            branches.append(_lines([
                f"MATCH (x:{label})", f"WHERE x.id IN {ids}", "OPTIONAL MATCH (p:Paper)-[e:PROPOSES]->(x)",
                f"RETURN x.name AS name, '{label.lower()} proposed in' AS relation, {_NOTHING} AS of, {_NOTHING} AS metric, {_NOTHING} AS value, "
                f"p.title AS paper, {_FIRST_SENTENCE} AS sentence",
            ]))  # fmt: skip
        named = [label for label in labels if label in ("Method", "Model")]
        if named:
            ids = self._set("names", [i for name in self.intent.among if name.label in named for i in name.ids])
            x = "|".join(named)
            for edge, says in (("OUTPERFORMS", "outperforms"), ("BASED_ON", "based on")):
                branches.append(_lines([
                    f"MATCH (x:{x})-[e:{edge}]->(n:{x})", f"WHERE x.id IN {ids} AND n.id IN {ids}",
                    "UNWIND range(1, size(e.papers)) AS i",
                    "WITH x, n, e.papers[-i] AS paper, e.sentences[-i] AS sentence",
                    "MATCH (p:Paper {id: paper})",
                    f"RETURN x.name AS name, '{says}' AS relation, n.name AS of, {_NOTHING} AS metric, {_NOTHING} AS value, "
                    "p.title AS paper, sentence",
                ]))  # fmt: skip
            branches.append(_lines([
                f"MATCH (p:Paper)-[:HAS_RESULT]->(r:Result)-[:OF]->(x:{x})", f"WHERE x.id IN {ids}",
                "OPTIONAL MATCH (r)-[:`ON`]->(n:Benchmark)", "OPTIONAL MATCH (r)-[:MEASURES]->(k:Metric)",
                "RETURN x.name AS name, 'result on' AS relation, n.name AS of, k.name AS metric, r.value AS value, "
                "p.title AS paper, r.sentence AS sentence",
            ]))  # fmt: skip
        return branches


def _q(name: str) -> str:
    """A name of the schema as Cypher writes it: `ON` is a word of the language."""
    return f"`{name}`" if name.upper() in ("ON", "OF") else name


def _where(conditions: Sequence[str]) -> str:
    return "WHERE " + " AND ".join(conditions) if conditions else ""


def _and(where: str, condition: str) -> str:
    return f"{where} AND {condition}" if where else f"WHERE {condition}"


def _exists(parts: Sequence[str], where: Sequence[str]) -> str:
    return "EXISTS { " + " ".join(["MATCH " + ", ".join(parts), _where(where)]).strip() + " }"


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(line for line in lines if line)
