"""The facts of one entity, paper or benchmark, read from a store with sizes that are bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kg.schema import EDGE_OF_ROLE, RelationType
from kg.web.parts import Quote
from kg.web.reader import ANY_ENTITY, Reader, label_of

LIMIT = 200
"""Rows of any list: more than a person reads, less than a browser minds."""

_RELATIONS = "|".join((*RelationType, "VARIANT_OF"))
_ROLES = "|".join(EDGE_OF_ROLE.values())


@dataclass(frozen=True)
class Fact:
    """An edge as its one end sees it: ``other`` is at the far end, and ``outgoing`` tells the direction."""

    type: str
    outgoing: bool
    label: str
    id: str
    name: str
    confidence: float | None
    papers: tuple[str, ...]
    sentences: tuple[str, ...]

    def quotes(self) -> list[Quote]:
        """Its evidence."""
        return [Quote(paper, sentence) for paper, sentence in zip(self.papers, self.sentences, strict=False)]


def _fact(row: dict[str, Any], outgoing: bool) -> Fact:
    papers, sentences = tuple(row["papers"] or ()), tuple(row["sentences"] or ())
    return Fact(
        row["type"], outgoing, label_of(row["label"]), row["id"], row["name"], row["confidence"], papers, sentences
    )


_COLUMNS = (
    "RETURN type(e) AS type, labels(m) AS label, m.id AS id, m.name AS name, e.`confidence` AS confidence, "
    "e.`papers` AS papers, e.`sentences` AS sentences ORDER BY size(e.`papers`) DESC, name, id LIMIT $limit"
)


def relations(reader: Reader, label: str, identifier: str) -> list[Fact]:
    """What papers state of an entity and others, in both directions, most stated first."""
    found = []
    for outgoing, pattern in ((True, f"-[e:{_RELATIONS}]->"), (False, f"<-[e:{_RELATIONS}]-")):
        query = f"MATCH (n:{label} {{id: $id}}){pattern}(m:{ANY_ENTITY}) {_COLUMNS}"
        found += [_fact(row, outgoing) for row in reader.rows(query, id=identifier, limit=LIMIT)]
    return found


def roles(reader: Reader, paper: str) -> list[Fact]:
    """What the entities of a paper are to it."""
    query = f"MATCH (n:Paper {{id: $id}})-[e:{_ROLES}]->(m:{ANY_ENTITY}) {_COLUMNS}"
    return [_fact(row, True) for row in reader.rows(query, id=paper, limit=LIMIT)]


def mentions(reader: Reader, label: str, identifier: str) -> list[dict[str, Any]]:
    """The papers that mention an entity, latest first: id, title, published, and the roles it has there."""
    query = (
        f"MATCH (p:Paper)-[:MENTIONS]->(n:{label} {{id: $id}}) "
        "RETURN p.id AS id, p.title AS title, "
        "p.published AS published ORDER BY coalesce(p.published, '') DESC, title, id LIMIT $limit"
    )
    papers = list(reader.rows(query, id=identifier, limit=LIMIT))
    roles_of: dict[str, list[str]] = {}
    query = (
        f"MATCH (p:Paper)-[e:{_ROLES}]->(n:{label} {{id: $id}}) RETURN p.id AS id, type(e) AS type ORDER BY id, type"
    )
    for row in reader.rows(query, id=identifier):
        roles_of.setdefault(row["id"], []).append(row["type"])
    return [paper | {"roles": roles_of.get(paper["id"], [])} for paper in papers]


def stated_in(reader: Reader, paper: str) -> list[tuple[str, Fact]]:
    """The relations that a paper states, each with the name of its subject; the facts have that paper's evidence."""
    query = (
        f"MATCH (p:Paper {{id: $id}})-[:MENTIONS]->(n:Method|Model)-[e:{_RELATIONS}]->(m:{ANY_ENTITY}) "
        "WHERE $id IN e.`papers` RETURN n.name AS subject, labels(n) AS subject_label, n.id AS subject_id, "
        "type(e) AS type, labels(m) AS label, m.id AS id, m.name AS name, e.`confidence` AS confidence, "
        "e.`papers` AS papers, e.`sentences` AS sentences ORDER BY subject, type, name, subject_id, id LIMIT $limit"
    )
    found = []
    for row in reader.rows(query, id=paper, limit=LIMIT):
        own = [(p, s) for p, s in zip(row["papers"] or (), row["sentences"] or (), strict=False) if p == paper]
        row["papers"], row["sentences"] = [p for p, _ in own], [s for _, s in own]
        found.append((f"{label_of(row['subject_label'])}\n{row['subject_id']}\n{row['subject']}", _fact(row, True)))
    return found


RESULT_COLUMNS = ("subject", "benchmark", "metric", "value", "kind", "baseline")


def results(reader: Reader, label: str, identifier: str) -> list[dict[str, Any]]:
    """The measured numbers of a paper, a method or model, a benchmark or a metric, at most ``LIMIT``."""
    start = {
        "Paper": "(p:Paper {id: $id})-[:HAS_RESULT]->(r:Result)",
        "Benchmark": "(p:Paper)-[:HAS_RESULT]->(r:Result)-[:`ON`]->(:Benchmark {id: $id})",
        "Metric": "(p:Paper)-[:HAS_RESULT]->(r:Result)-[:MEASURES]->(:Metric {id: $id})",
        "Method": "(p:Paper)-[:HAS_RESULT]->(r:Result)-[:`OF`]->(:Method {id: $id})",
        "Model": "(p:Paper)-[:HAS_RESULT]->(r:Result)-[:`OF`]->(:Model {id: $id})",
    }.get(label)
    if start is None:
        return []
    query = (
        f"MATCH {start} OPTIONAL MATCH (r)-[:`OF`]->(m:Method|Model) OPTIONAL MATCH (r)-[:`ON`]->(b:Benchmark) "
        "OPTIONAL MATCH (r)-[:MEASURES]->(k:Metric) OPTIONAL MATCH (r)-[:AGAINST]->(x:Method|Model) "
        "RETURN r.id AS id, m.name AS subject, m.id AS subject_id, labels(m) AS subject_label, b.name AS benchmark, "
        "k.name AS metric, k.id AS metric_id, x.name AS baseline, r.value AS value, r.number AS number, "
        "r.unit AS unit, r.kind AS kind, r.sentence AS sentence, p.id AS paper, p.title AS title, "
        "p.published AS published ORDER BY r.number DESC, id, subject, baseline LIMIT $limit"
    )
    return list(reader.rows(query, id=identifier, limit=LIMIT))


def evidence(
    reader: Reader, kind: str, source: tuple[str, str], target: tuple[str, str]
) -> tuple[float | None, list[Quote]]:
    """The confidence of an edge and the sentences that state it; types and labels must be those of the schema."""
    query = (
        f"MATCH (a:{source[0]} {{id: $a}})-[e:`{kind}`]->(b:{target[0]} {{id: $b}}) "
        "RETURN e.`confidence` AS confidence, e.`papers` AS papers, e.`sentences` AS sentences"
    )
    row = next(reader.rows(query, a=source[1], b=target[1]), None)
    if row is None:
        return None, []
    pairs: Sequence[tuple[str, str]] = list(zip(row["papers"] or (), row["sentences"] or (), strict=False))
    return row["confidence"], [Quote(paper, sentence) for paper, sentence in pairs]
