"""Queries for results, and for what has results: best ones, those above a number, scores."""

from __future__ import annotations

from kg.ask.clauses import END_OF, LABELS, VARIABLE, Clauses, match, quoted, returns, text, where


class ResultQuery(Clauses):
    """Starts from the result r in its paper p."""

    def results(self) -> str:
        """Results themselves, with all that they are joined to."""
        lines = self._results_match()
        joined = {c.fact for c in self.intent.constraints} | ({"MEASURES"} if self.intent.metric else set())
        if self.intent.form == "count":
            return text([*lines, "RETURN count(DISTINCT r) AS count"])
        lines += [_optional(end) for end in VARIABLE if end not in joined]
        columns = {"value": "r.value", "metric": "k.name", "method": "m.name", "benchmark": "b.name", "kind": "r.kind"}
        columns |= {"baseline": "y.name", "paper": "p.title", "sentence": "r.sentence", "number": "r.number"}
        ranked = self.intent.order == "number"
        order = f"number {self._direction}, value" if ranked else "method, benchmark, metric, value, paper"
        return text([*lines, returns(columns), f"ORDER BY {order}", self.limit() if ranked else ""])

    def _results_match(self) -> list[str]:
        parts = ["(p:Paper)-[:HAS_RESULT]->(r:Result)"]
        conditions = [*self.numbers(), *self.period("p")]
        for number, constraint in enumerate(self.intent.constraints, 1):
            if constraint.fact == "HAS_RESULT":
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
        return [match(parts), where(conditions)]

    def scored(self) -> str:
        """X by the number of its results; of the best one with all who share its place."""
        pattern, conditions, joined = self._scored_match()
        best = self.intent.form == "best"
        if best:
            conditions.append("r.number IS NOT NULL")
        lines = [pattern, where(conditions)]
        if best and self.intent.limit == 1 and not self.intent.skip:
            cut = f"WITH {self.intent.direction}(r.number) AS best"
            lines = [pattern, where(conditions), cut, pattern, where([*conditions, "r.number = best"])]
        elif best and self.intent.limit:
            # An aggregate right after a LIMIT would see all rows in Ladybug, so ties at the end are cut by name.
            cut = f"WITH x, {self.intent.direction}(r.number) AS best"
            order = f"ORDER BY best {self._direction}, x.name"
            lines += [cut, order, self.limit(), pattern, where([*conditions, "r.number = best"])]
        mine = END_OF.get(self.intent.asked[0])
        lines += [_optional(end) for end in ("ON", "MEASURES") if end not in joined and end != mine]
        values = {self.column: self.name, "benchmark": "b.name", "metric": "k.name"}
        values |= {self.column: self.name, "value": "r.value", "kind": "r.kind"}
        values |= {"sentence": "r.sentence"} if self.papers_asked else {"paper": "p.title", "sentence": "r.sentence"}
        order = f"r.number {self._direction}, {quoted(self.column)}" if best else f"{quoted(self.column)}, value"
        return text([*lines, returns(values), f"ORDER BY {order}"])

    def count_scored(self) -> str:
        """How many x have such results."""
        pattern, conditions, _ = self._scored_match()
        return text([pattern, where(conditions), "RETURN count(DISTINCT x) AS count"])

    def _scored_match(self) -> tuple[str, list[str], set[str]]:
        """The pattern of x with its results, the conditions on it, and the ends of the result that it binds."""
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
        paper = "p" if mine else "x"
        parts = [f"({paper}:Paper)-[:HAS_RESULT]->(r:Result)"]
        if mine:
            parts.append(f"(r)-[:{quoted(mine)}]->(x:{self.labels})")
        parts += [f"(r)-[:{quoted(end)}]->({VARIABLE[end]}:{LABELS[end]})" for end in bound if end != mine]
        named = [condition for condition in bound.values() if condition]
        return match(parts), [*named, *conditions, *self.period(paper)], set(bound)

    def _metric(self, ids: tuple[str, ...]) -> str:
        return f"k.id IN {self.set('metric', list(ids))}"

    @property
    def _direction(self) -> str:
        return "DESC" if self.intent.direction == "max" else "ASC"


def _optional(end: str) -> str:
    return f"OPTIONAL MATCH (r)-[:{quoted(end)}]->({VARIABLE[end]}:{LABELS[end]})"
