"""Queries about things themselves: what each is, and how several compare."""

from __future__ import annotations

from kg.ask.clauses import EACH_EVIDENCE, FIRST_SENTENCE, NOTHING, Clauses, returns, text

_PROPOSED = "OPTIONAL MATCH (p:Paper)-[e:PROPOSES]->(x)"
_UNKNOWN = {"of": NOTHING, "metric": NOTHING, "value": NOTHING}


class ThingQuery(Clauses):
    """One branch of a union for each label, since the two databases give labels in different forms."""

    def define(self) -> list[str]:
        """Type, aliases and the paper that proposes each."""
        by_label = self._by_label()
        if "Paper" in by_label:
            values = {"paper": "x.title", "published": "x.published", "authors": "x.authors", "sentence": "x.abstract"}
            return [text(["MATCH (x:Paper)", f"WHERE {by_label['Paper']}", returns(values)])]
        branches = []
        for label, named in by_label.items():
            values = {"name": "x.name", "type": f"'{label}'", "aliases": "x.aliases", "papers": "x.papers"}
            values |= {"paper": "p.title", "sentence": FIRST_SENTENCE}
            branches.append(text([f"MATCH (x:{label})", f"WHERE {named}", _PROPOSED, returns(values)]))
        return branches

    def compare(self) -> list[str]:
        """What each is and where it was proposed, what papers say of one and another, and the results of each."""
        by_label = self._by_label()
        branches = []
        for label, named in by_label.items():
            proposed = f"CASE WHEN p.id IS NULL THEN {NOTHING} ELSE '{label.lower()} proposed in' END"
            values = {"name": "x.name", "relation": proposed} | _UNKNOWN
            values |= {"paper": "p.title", "sentence": FIRST_SENTENCE}
            branches.append(text([f"MATCH (x:{label})", f"WHERE {named}", _PROPOSED, returns(values)]))
        rivals = [label for label in by_label if label in ("Method", "Model")]
        return branches + self._rivals("|".join(rivals), rivals) if rivals else branches

    def _rivals(self, labels: str, named: list[str]) -> list[str]:
        ids = self.set("names", [i for name in self.intent.among if name.label in named for i in name.ids])
        branches = []
        for fact in ("outperforms", "based_on"):
            edge = self.kinds.facts[fact]
            values = {"name": "x.name", "relation": f"'{edge.says}'"} | _UNKNOWN | {"of": "n.name"}
            values |= {"paper": "p.title", "sentence": "sentence"}
            pattern = f"MATCH (x:{labels})-[e:{edge.edge}]->(n:{labels})"
            branches.append(text([pattern, f"WHERE x.id IN {ids} AND n.id IN {ids}", *EACH_EVIDENCE, returns(values)]))
        values = {"name": "x.name", "relation": "'result on'", "of": "n.name", "metric": "k.name", "value": "r.value"}
        values |= {"paper": "p.title", "sentence": "r.sentence"}
        results = [
            f"MATCH (p:Paper)-[:HAS_RESULT]->(r:Result)-[:`OF`]->(x:{labels})",
            f"WHERE x.id IN {ids}",
            "OPTIONAL MATCH (r)-[:`ON`]->(n:Benchmark)",
            "OPTIONAL MATCH (r)-[:MEASURES]->(k:Metric)",
            returns(values),
        ]
        return [*branches, text(results)]

    def _by_label(self) -> dict[str, str]:
        """For each label of the names the condition that x is one of them."""
        found: dict[str, list[str]] = {}
        for name in self.intent.among:
            found.setdefault(name.label, []).extend(name.ids)
        return {label: self.is_one_of("x", label.lower(), list(dict.fromkeys(ids))) for label, ids in found.items()}
