"""Queries for what takes part in facts: lists, counts, and everything of a kind."""

from __future__ import annotations

from kg.ask.clauses import (
    EACH_EVIDENCE,
    FIRST_SENTENCE,
    NOTHING,
    PAPER_OF_RESULT,
    Clauses,
    Meeting,
    arrow,
    ends,
    exists,
    match,
    match_result,
    quoted,
    result_parts,
    returns,
    text,
    where,
)
from kg.ask.intent import Constraint


class FactQuery(Clauses):
    """Lists by facts. Each constraint gives its own rows with their evidence; the others are conditions on x."""

    def branches(self) -> list[str]:
        """The parts of a union: one or two for each constraint."""
        found = []
        for number, constraint in enumerate(self.intent.constraints, 1):
            if constraint.negated:
                continue
            others = self.meets(self._others(number))
            others.conditions += [*self.among(), *others.among("x.id")]
            fact = self.fact(constraint)
            if fact.edge:
                found.append(self._by_edge(number, constraint, others))
            if fact.result:
                found.append(self._by_result(number, constraint, others))
        return found

    def everything(self) -> str:
        """All that is asked for, or what no fact is wanted of."""
        conditions = [*self.among(), *self._held(), *self._dated()]
        if not self.papers_asked:
            returned = returns({self.column: "x.name", "aliases": "x.aliases", "papers": "x.papers"})
            order = "ORDER BY papers DESC, x.name"
        else:
            returned = returns({"paper": "x.title", "published": "x.published"})
            order = "ORDER BY x.title"
            if self.intent.order == "date" or self.intent.period:
                order = f"ORDER BY x.published {'DESC' if self.intent.direction == 'max' else 'ASC'}, x.title"
            if self.intent.order == "date":
                conditions.append("x.published IS NOT NULL")
        return text([f"MATCH (x:{self.labels})", where(conditions), returned, order, self.limit()])

    def count(self) -> str:
        """How many there are."""
        constraints = self.intent.constraints
        led_to = bool(constraints) and all(map(self.is_led_to, constraints))
        if led_to and self.intent.join == "all" and not self.intent.among:
            return self._count_named()
        conditions = self._held()
        if self.intent.join == "any" and len(conditions) > 1:
            conditions = [f"({' OR '.join(conditions)})"]
        dated = [] if constraints else self._dated()
        lines = [f"MATCH (x:{self.labels})", where([*self.among(), *dated, *conditions]), "RETURN count(x) AS count"]
        return text(lines)

    def _count_named(self) -> str:
        """How many there are, where the things named lead to all of them."""
        found = self.meets(self._others(0))
        if found.patterns:
            first, *patterns = found.patterns
            lines = [*found.gathering, first.replace("(x)", f"(x:{self.labels})", 1), *patterns]
            if found.lists:
                lines.append(f"WITH {', '.join(['x', *found.lists])} {where(found.among('x.id'))}")
            return text([*lines, "RETURN count(DISTINCT x) AS count"])
        ids = f"UNWIND {' + '.join(found.members.pop(0))} AS i"
        kept = f"WITH {', '.join(['i', *found.lists])} {where(found.among('i'))}" if found.members else ""
        return text([*found.gathering, ids, kept, "RETURN count(DISTINCT i) AS count"])

    def _others(self, number: int) -> dict[int, Constraint]:
        """All constraints but one, by their numbers, where they must hold, too."""
        if number and self.intent.join == "any":
            return {}
        return {i: constraint for i, constraint in enumerate(self.intent.constraints, 1) if i != number}

    def _held(self) -> list[str]:
        """The conditions that all constraints make on x."""
        return [self.holds(number, constraint) for number, constraint in self._others(0).items()]

    def _dated(self) -> list[str]:
        if self.papers_asked or not self.intent.period:
            return self.period("x")
        return [exists(["(d:Paper)-[:MENTIONS]->(x)"], self.period("d"))]

    def _positive(self) -> list[Constraint]:
        return [constraint for constraint in self.intent.constraints if not constraint.negated]

    def _returns(self, values: dict[str, str]) -> str:
        """The RETURN clause: the same columns in every branch, null where a branch has nothing to say."""
        wanted = [self.column]
        wanted += ["relation", "of"] if len(self._positive()) > 1 else [self._other_column()]
        if any(self.fact(constraint).result for constraint in self._positive()):
            wanted += ["metric", "value", "kind"]
        if self.intent.order == "papers":
            wanted.append("papers")
        wanted += ["published", "sentence"] if self.papers_asked else ["paper", "sentence"]
        return returns({name: values.get(name, NOTHING) for name in wanted})

    def _other_column(self) -> str:
        """The column of what is named, where there is one constraint."""
        labels = self.named_labels(self._positive()[0]).split("|")
        other = labels[0].lower() if len(labels) == 1 else "of"
        return "of" if other == self.column else other

    def _values(self, constraint: Constraint, paper: str, sentence: str) -> dict[str, str]:
        values = {
            self._other_column(): "n.name",
            "relation": f"'{self.fact(constraint).says}'",
            "of": "n.name",
            "published": "x.published",
            "sentence": sentence,
            self.column: self.name,
        }
        return values if self.papers_asked else values | {"papers": "x.papers", "paper": f"{paper}.title"}

    def _by_edge(self, number: int, constraint: Constraint, others: Meeting) -> str:
        fact = self.fact(constraint)
        node = f"(n:{self.named_labels(constraint)})"
        lines = [*others.gathering, match([arrow(f"(x:{self.labels})", "e", fact.edge or "", node, constraint)])]
        conditions = [*self.named("n", number, constraint), *others.conditions]
        if "Paper" in fact.subject:
            paper = "x" if constraint.side == "object" else "n"
            lines += [where([*conditions, *self.period(paper)]), *others.patterns]
            return text([*lines, self._returns(self._values(constraint, paper, FIRST_SENTENCE))])
        lines += [where(conditions), *others.patterns, *EACH_EVIDENCE, where(self.period("p"))]
        if not fact.result:
            return text([*lines, self._returns(self._values(constraint, "p", "sentence"))])
        mine, other = ends(fact.result, constraint)
        result = f"(p)-[:HAS_RESULT]->(r:Result)-[:{quoted(mine or '')}]->(x), (r)-[:{quoted(other or '')}]->(n)"
        lines += [f"OPTIONAL MATCH {result}", "OPTIONAL MATCH (r)-[:MEASURES]->(k:Metric)"]
        values = self._values(constraint, "p", "coalesce(r.sentence, sentence)")
        values |= {"metric": "k.name", "value": "r.value", "kind": "r.kind"}
        # Two sentences of a paper that state the fact would give its results twice.
        return text([*lines, self._returns(values).replace("RETURN", "RETURN DISTINCT", 1)])

    def _by_result(self, number: int, constraint: Constraint, others: Meeting) -> str:
        fact = self.fact(constraint)
        assert fact.result is not None  # noqa: S101 - the caller has looked
        edges = ends(fact.result, constraint)
        parts = result_parts(edges, "r", f"(n:{self.named_labels(constraint)})", "p")
        place = 1 if edges[0] else 0
        parts[place] = parts[place].replace("(x)", f"(x:{self.labels})", 1)
        paper = "x" if self.papers_asked else "p"
        conditions = [*self.named("n", number, constraint), *others.conditions]
        of_paper = self.period(paper)
        if fact.edge:
            # Where the paper states the fact itself too, that branch has the result.
            of_paper.append(f"NOT {exists([arrow('(x)', 'e', fact.edge, '(n)', constraint)], ['p.id IN e.papers'])}")
        if place:
            lines = [match_result(parts[1:]), where(conditions), *others.patterns, PAPER_OF_RESULT]
            lines += [f"WITH * {where(of_paper)}"] if of_paper else []
        else:
            lines = [match(parts), where([*conditions, *of_paper]), *others.patterns]
        metric = {"MEASURES": "x"}.get(edges[0] or "", "n" if edges[1] == "MEASURES" else "")
        if not metric:
            lines.append("OPTIONAL MATCH (r)-[:MEASURES]->(k:Metric)")
        values = {"metric": f"{metric or 'k'}.name", "value": "r.value", "kind": "r.kind"}
        return text([*others.gathering, *lines, self._returns(values | self._values(constraint, paper, "r.sentence"))])
