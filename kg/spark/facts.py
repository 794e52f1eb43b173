"""What records say, as rows: those that only one paper can change are complete, the others wait to be brought together.

A paper comes once, so its node, its edges and its results follow from its record alone. What several papers say
together is first gathered within a task, so that however often a thing is named, each task gives one row for it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from pyspark import Broadcast
from pyspark.sql import DataFrame
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema

from kg.arrow import ARROW_TYPES
from kg.batches import batches
from kg.graph import Contribution, EdgeKey, NodeKey, Said
from kg.graph.build import paper_properties
from kg.graph.facts import Fact, StatedResult
from kg.graph.reading import RecordReader
from kg.resolve import Registry, Thing, family_keys, relabel
from kg.schema import EDGE_TYPES, NODE_LABELS, RELATION_ENDS, EntityType, Record
from kg.spark.hanging import mentioned
from kg.spark.names import Found
from kg.spark.rows import Row, mapped

FACTS = pa.schema(
    [
        ("from_label", pa.string()),
        ("from_id", pa.string()),
        ("to_label", pa.string()),
        ("to_id", pa.string()),
        ("json", pa.string()),
        ("part", pa.string()),
    ]
)
"""Of a node only the first two; ``part`` is its label, the type of an edge, or one of the following."""

SAID, SHOWN = "said", "shown"
"""What papers say of an entity, and the sentences in which they mention one that may be a variant of another."""

_BATCH = 64
_GATHERED = 50_000
"""Pieces of evidence that a task keeps before it hands them on."""


def facts_of(records: DataFrame, found: Broadcast[Found]) -> DataFrame:
    """The rows of all records (see ``FACTS``)."""

    def rows(given: Iterator[Row]) -> Iterator[Row]:
        return _Reading(found.value).rows(given)

    return mapped(records, rows, FACTS)


def dumped(value: Any) -> str:
    """A value as JSON, for ``FACTS``."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def table(rows: DataFrame, part: str, ends: Sequence[str] = ()) -> DataFrame:
    """The rows of one label or edge type with a column for each property of the schema.

    Args:
        rows: complete ones, as ``FACTS``.
        part: the label or type.
        ends: columns that come before the properties.
    """
    properties = (NODE_LABELS[part] if part in NODE_LABELS else EDGE_TYPES[part]).properties
    some = rows.where(f.col("part") == part)
    if not properties:
        return some.select(*ends)
    schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in properties.items()])
    parsed = f.from_json("json", from_arrow_schema(schema), {"mode": "FAILFAST"}).alias("row")
    return some.select(*ends, parsed).select(*ends, "row.*")


class _Reading:
    """What one task gathers."""

    def __init__(self, found: Found) -> None:
        self._names = found.names
        self._families = _Families(self._names.registry)
        self._empty()

    def _empty(self) -> None:
        self._gathered = 0
        self._said: dict[NodeKey, Said] = defaultdict(Said)
        self._papers: dict[NodeKey, int] = defaultdict(int)
        self._relations: dict[EdgeKey, list[Any]] = defaultdict(list)
        self._shown: dict[NodeKey, list[tuple[str, str]]] = defaultdict(list)

    def rows(self, given: Iterator[Row]) -> Iterator[Row]:
        for some in batches(given, _BATCH):
            for record, kept in self._resolved([(Record.model_validate_json(text), kept) for _, text, kept in some]):
                yield from self._read(record, kept)
                if self._gathered > _GATHERED:
                    yield from self._hand_on()
        yield from self._hand_on()

    def _resolved(self, records: Sequence[tuple[Record, bool]]) -> Iterator[tuple[Record, bool]]:
        loose = [mentioned(record) for record, kept in records if not kept]
        things = iter(self._names.things_of(loose))
        for record, kept in records:
            yield (record if kept else relabel(record, next(things))), kept

    def _read(self, record: Record, kept: bool) -> Iterator[Row]:
        facts: dict[EdgeKey, Fact] = defaultdict(Fact)
        results: dict[str, StatedResult] = {}
        said = Contribution(record.id)
        RecordReader(record, facts, results, said).read()
        yield "Paper", record.id, None, None, dumped(paper_properties([record.paper])), "Paper"
        for edge, fact in facts.items():
            kind, source, target = edge
            if kind in RELATION_ENDS:
                self._relations[edge] += ((*e, *stated) for e, stated in fact.seen.items())
                self._gathered += len(fact.seen)
                continue
            yield *source, *target, dumped(fact.properties(offsets=kind == "MENTIONS")), kind
            if kind == "MENTIONS" and (kept or self._families.may_have(target, said.said[target].name)):
                self._shown[target].append((record.id, min(fact.seen).sentence))
                self._gathered += 1
        for identifier, stated in results.items():
            yield from _result_rows(record.id, identifier, stated, said)
        for node, each in said.said.items():
            self._papers[node] += bool(each.papers)
            each.papers.clear()  # counted, since each paper comes once
            self._said[node].add(each)
            self._gathered += 1

    def _hand_on(self) -> Iterator[Row]:
        for node, said in self._said.items():
            told = {
                "names": [{"name": name, "count": count} for name, count in sorted(said.names.items())],
                "aliases": sorted(said.aliases),
                "papers": self._papers[node],
                "joined": said.joined,
            }
            yield *node, None, None, dumped(told), SAID
        for (kind, source, target), evidence in self._relations.items():
            yield *source, *target, dumped(evidence), kind
        for node, sentences in self._shown.items():
            yield *node, None, None, dumped(sentences), SHOWN
        self._empty()


def _result_rows(paper: str, identifier: str, stated: StatedResult, said: Contribution) -> Iterator[Row]:
    node = "Result", identifier
    ends = {edge: (*end, said.said[end].name) for edge, end in stated.ends.items()}
    result = stated.result
    told = [result.value, result.kind, stated.evidence.sentence, result.confidence, ends]
    yield *node, None, None, dumped(told), "Result"
    yield "Paper", paper, *node, "{}", "HAS_RESULT"
    for edge, end in stated.ends.items():
        yield *node, *end, "{}", edge


class _Families:
    """Which entities may be a variant of another: few, and their names tell."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._known: dict[tuple[NodeKey, str], bool] = {}

    def may_have(self, node: NodeKey, name: str) -> bool:
        known = self._known.get((node, name))
        if known is None:
            thing = Thing(EntityType(node[0]), node[1], name)
            known = self._known[node, name] = bool(family_keys(thing, self._registry))
        return known
