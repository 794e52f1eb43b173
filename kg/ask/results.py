"""Queries for results, and for what has results: best ones, those above a number, scores."""

from __future__ import annotations

from kg.ask.clauses import (
    END_OF,
    LABELS,
    PAPER_OF_RESULT,
    VARIABLE,
    Clauses,
    match_result,
    quoted,
    returns,
    text,
    where,
)

_HELD = "(p:Paper)-[:HAS_RESULT]->(r:Result)"


class ResultQuery(Clauses):
    """Starts from the result r in its paper p."""

    def results(self) -> str:
        """Results themselves, with all that they are joined to."""
        lines = self._results_match()
        joined = {c.fact for c in self.intent.constraints} | ({"MEASURES"} if self.intent.metric else set())
        if self.intent.form == "count":
            return text([*lines, "RETURN count(DISTINCT r) AS count"])
        if PAPER_OF_RESULT not in lines and _HELD not in lines[0]:
            lines.append(PAPER_OF_RESULT)
        lines += [_optional(end) for end in VARIABLE if end not in joined]
        columns = {"value": "r.value", "metric": "k.name", "method": "m.name", "benchmark": "b.name", "kind": "r.kind"}
        columns |= {"baseline": "y.name", "paper": "p.title", "sentence": "r.sentence", "number": "r.number"}
        ranked = self.intent.order == "number"
        order = f"number {self._direction}, value" if ranked else "method, benchmark, metric, value, paper"
        return text([*lines, returns(columns), f"ORDER BY {order}", self.limit() if ranked else ""])

    def _results_match(self) -> list[str]:
        parts: list[str] = []
        conditions = self.numbers()
        for number, constraint in enumerate(self.intent.constraints, 1):
            if constraint.fact == "HAS_RESULT":
                parts.insert(0, _HELD)
                conditions += self.named("p", number, constraint)
                continue
            variable = VARIABLE[constraint.fact]
            if any(f"({variable}:" in part for part in parts):
                variable = f"{variable}{number}"
            parts.append(f"(r)-[:{quoted(constraint.fact)}]->({variable}:{self.named_labels(constraint)})")
            conditions += self.named(variable, number, constraint)
        if self.intent.metric:
            parts.append("(r)-[:MEASURES]->(k:Metric)")
            conditions.append(self._metric(self.intent.metric.ids))
        if self.intent.order == "number":
            conditions.append("r.number IS NOT NULL")
        return self._matched(parts, conditions)

    def scored(self) -> str:
        """X by the number of its results; of the best one with all who share its place."""
        parts, conditions, joined = self._scored_match()
        best = self.intent.form == "best"
        if best:
            conditions.append("r.number IS NOT NULL")
        lines = self._matched(parts, conditions)
        if best and self.intent.limit:
            cut = [f"WITH {self.intent.direction}(r.number) AS best"]
            if self.intent.limit > 1 or self.intent.skip:
                # An aggregate right after a LIMIT would see all rows in Ladybug, so ties at the end are cut by name.
                order = f"ORDER BY best {self._direction}, x.name"
                cut = [f"WITH x, {self.intent.direction}(r.number) AS best", order, self.limit()]
            lines += [*cut, *self._matched(parts, [*conditions, "r.number = best"])]
        mine = END_OF.get(self.intent.asked[0])
        if mine and PAPER_OF_RESULT not in lines:
            lines.append(PAPER_OF_RESULT)
        lines += [_optional(end) for end in ("ON", "MEASURES") if end not in joined and end != mine]
        values = {self.column: self.name, "benchmark": "b.name", "metric": "k.name"}
        values |= {self.column: self.name, "value": "r.value", "kind": "r.kind"}
        values |= {"sentence": "r.sentence"} if self.papers_asked else {"paper": "p.title", "sentence": "r.sentence"}
        order = f"r.number {self._direction}, {quoted(self.column)}" if best else f"{quoted(self.column)}, value"
        return text([*lines, returns(values), f"ORDER BY {order}"])

    def count_scored(self) -> str:
        """How many x have such results."""
        parts, conditions, _ = self._scored_match()
        return text([*self._matched(parts, conditions), "RETURN count(DISTINCT x) AS count"])

    def _scored_match(self) -> tuple[list[str], list[str], set[str]]:
        """The patterns of x with its results, the conditions on it, and the ends of the result that they bind."""
        mine = END_OF.get(self.intent.asked[0])
        bound: dict[str, str] = {}
        conditions = [*self.among(), *self.numbers()]
        for number, constraint in enumerate(self.intent.constraints, 1):
            fact = self.fact(constraint)
            scored = fact.scored or fact.result
            end = (scored.object if constraint.side == "object" else scored.subject) if scored else None
            if end and end != mine and end not in bound and not constraint.negated:
                bound[end] = " AND ".join(self.named(VARIABLE[end], number, constraint))
            else:
                conditions.append(self.holds(number, constraint))
        if self.intent.metric and mine != "MEASURES":
            bound["MEASURES"] = self._metric(self.intent.metric.ids)
        parts = [f"(r)-[:{quoted(mine)}]->(x:{self.labels})" if mine else _HELD.replace("(p:", "(x:")]
        parts += [f"(r)-[:{quoted(end)}]->({VARIABLE[end]}:{LABELS[end]})" for end in bound if end != mine]
        named = [condition for condition in bound.values() if condition]
        return parts, [*named, *conditions], set(bound)

    def _matched(self, parts: list[str], conditions: list[str]) -> list[str]:
        """The clauses that match patterns of r within the period of the question."""
        pattern = match_result(parts)
        paper = next((variable for variable in "xp" if f"({variable}:Paper)" in pattern), None)
        if paper:
            conditions = [*conditions, *self.period(paper)]
        if paper or not self.intent.period:
            return [pattern, where(conditions)]
        return [pattern, where(conditions), PAPER_OF_RESULT, f"WITH * {where(self.period('p'))}"]

    def _metric(self, ids: tuple[str, ...]) -> str:
        return self.is_one_of("k", "metric", ids)

    @property
    def _direction(self) -> str:
        return "DESC" if self.intent.direction == "max" else "ASC"


def _optional(end: str) -> str:
    return f"OPTIONAL MATCH (r)-[:{quoted(end)}]->({VARIABLE[end]}:{LABELS[end]})"
