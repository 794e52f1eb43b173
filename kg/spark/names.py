"""What the entities of all papers are: shuffles of counts, a fit of what several papers share, and a small broadcast.

1. Each paper tells what its names are joined by, as numbers; those that two papers have are *shared*.
2. What hangs together with a shared number is counted over all papers and resolved on the driver, by the resolver of
   ``kg.resolve``. Of that, the names for which it finds anything that their papers alone do not tell are the table that
   every worker gets.
3. All other names are resolved where their paper is. Ids that two things would have are found by a shuffle and told to
   every worker too.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pyarrow as pa
from pyspark import Broadcast
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from kg.batches import batches
from kg.resolve import Evidence, Label, Name, NameTable, Registry, Resolver, Thing, give_ids, is_called_by_counts
from kg.schema import EntityType, Record
from kg.spark.hanging import Hashes, Joints, Mentioned, mentioned, names_of
from kg.spark.rows import Row, mapped

ENTITIES = pa.schema([("entities", pa.string())])
"""The entities of a paper, as JSON: the type of each, and its surfaces with their numbers of mentions."""
_HASHES = pa.schema([("hash", pa.int64())])
_EVIDENCE = pa.schema(
    [
        ("kind", pa.string()),
        ("type", pa.string()),
        ("key", pa.string()),
        ("other", pa.string()),
        ("mentions", pa.int64()),
        ("papers", pa.int64()),
    ]
)
_LABELS = pa.schema([("type", pa.string()), ("plain", pa.string()), ("root", pa.string()), ("name", pa.string())])
_COUNTED = 200_000
"""Counts that a task keeps before it hands them on."""
_BATCH = 64
"""Papers whose own names are resolved together."""


@dataclass(frozen=True)
class Found:
    """What a worker must know to say what the entities of any paper are.

    Attributes:
        registry: what is known of the field, as JSON.
        table: the names whose papers alone do not tell what they are, packed.
        ids: the ids of things that would have the same, by type and representative.
    """

    registry: bytes
    table: bytes
    ids: tuple[tuple[str, str, str], ...] = ()

    @property
    def size(self) -> int:
        """Bytes of what follows from the papers."""
        return len(self.table) + sum(sum(map(len, row)) for row in self.ids)

    @cached_property
    def names(self) -> Names:
        """The same, ready for use; made once in each process."""
        table = NameTable.from_rows(json.loads(zlib.decompress(self.table)))
        ids = {Name(EntityType(kind), root): id_ for kind, root, id_ in self.ids}
        return Names(_registry(self.registry), table, ids)


class Names:
    """Says what the entities of papers are."""

    def __init__(self, registry: Registry, table: NameTable, ids: dict[Name, str]) -> None:
        self.registry, self._table, self._ids = registry, table, ids

    def things_of(self, papers: Sequence[Sequence[Mentioned]]) -> list[list[Thing]]:
        """What each entity of some papers is, in their order."""
        return [
            [Thing(label.root.type, self._ids.get(label.root) or label.plain_id, label.name) for label in labels]
            for labels in self._labels_of(papers)
        ]

    def own_labels(self, papers: Sequence[Sequence[Mentioned]]) -> set[Label]:
        """The things of some papers that the table does not have."""
        return {label for labels in self._labels_of(papers) for label in labels if label.root not in self._table.called}

    def _labels_of(self, papers: Sequence[Sequence[Mentioned]]) -> list[list[Label]]:
        tabled = [[self._table.find(names_of(entity)) for entity in paper] for paper in papers]
        own = Evidence()
        for paper, labels in zip(papers, tabled, strict=True):
            for (type_, surfaces), label in zip(paper, labels, strict=True):
                if label is None:
                    own.add_entity(type_, surfaces)
        resolver = Resolver(self.registry).fit_evidence(own)
        called = {label.root: label for label in resolver.labels()}

        def label_of(entity: Mentioned, tabled: Label | None) -> Label:
            if tabled is not None:
                return tabled
            root = resolver.root_of(*entity)
            assert root is not None  # noqa: S101 - its names were just counted
            return called[root]

        return [
            [label_of(entity, label) for entity, label in zip(paper, labels, strict=True)]
            for paper, labels in zip(papers, tabled, strict=True)
        ]


def entities_of(records: DataFrame) -> DataFrame:
    """The entities of the records that are to be resolved, one row a paper: what the rest of this module reads."""
    return mapped(records.where("NOT kept"), _entity_rows, ENTITIES)


def resolve(entities: DataFrame, registry: Registry) -> Broadcast[Found]:
    """Finds what the entities of all papers are.

    Args:
        entities: what ``entities_of`` gives; read several times.
        registry: what is known of the field.
    """
    context = entities.sparkSession.sparkContext
    packed = zlib.compress(registry.to_json().encode())
    sent_registry = context.broadcast(packed)
    counts = mapped(entities, partial(_hash_rows, registry=sent_registry), _HASHES).groupBy("hash").count()
    several = counts.where("count > 1").select("hash").toArrow().column(0).to_numpy()
    shared = context.broadcast(np.sort(several))
    rows = mapped(entities, partial(_evidence_rows, registry=sent_registry, shared=shared), _EVIDENCE)
    totals = rows.groupBy("kind", "type", "key", "other").agg(f.sum("mentions"), f.sum("papers"))
    evidence = Evidence()
    for batch in totals.toArrow().to_batches():
        evidence.add_rows(zip(*(column.to_pylist() for column in batch.columns), strict=True))
    table = _table(Resolver(registry).fit_evidence(evidence), evidence)
    text = json.dumps(table.rows(), ensure_ascii=False, separators=(",", ":"))
    found = Found(packed, zlib.compress(text.encode()))
    ids = _rivals(entities, table, context.broadcast(found))
    return context.broadcast(Found(found.registry, found.table, ids))


def _table(resolver: Resolver, evidence: Evidence) -> NameTable:
    """The names of a resolver of which a paper that has them does not tell by itself what they are.

    It does where nothing joins a name to another, and how often it is written in which way does not matter.
    """
    joined: Counter[tuple[EntityType, str, str]] = Counter()
    of_name: dict[Name, list[tuple[EntityType, str, str]]] = {}
    for name, entry, phrase in resolver.joints():
        parts = (("entry", entry), ("phrase", phrase))
        of_name[name] = [(name.type, what, text) for what, text in parts if text is not None]
        joined.update(of_name[name])
    linked = {name for pair in evidence.links for name in pair}
    sizes = Counter(resolver.roots().values())
    return resolver.table(
        name
        for name, root in resolver.roots().items()
        if sizes[root] > 1
        or name in linked
        or is_called_by_counts(evidence.usage[name].mentions)
        or any(joined[joint] > 1 for joint in of_name[name])
    )


def _rivals(entities: DataFrame, table: NameTable, found: Broadcast[Found]) -> tuple[tuple[str, str, str], ...]:
    """The ids of things that would have the same: type, representative, id."""
    columns = zip(*map(_label_row, table.labels()), strict=True) if len(table) else ((), (), (), ())
    arrays = [pa.array(column, pa.string()) for column in columns]
    tabled = entities.sparkSession.createDataFrame(pa.Table.from_arrays(arrays, schema=_LABELS))
    every = mapped(entities, partial(_label_rows, found=found), _LABELS).unionAll(tabled)
    things = f.collect_set(f.struct("root", "name")).alias("things")
    rows = every.groupBy("type", "plain").agg(things).where(f.size("things") > 1).toLocalIterator()
    ids: list[tuple[str, str, str]] = []
    for kind, _, rivals in rows:
        given = give_ids(Label(Name(EntityType(kind), root), name) for root, name in rivals)
        ids += ((kind, root.key, thing.id) for root, thing in given.items())
    return tuple(sorted(ids))


def _label_row(label: Label) -> Row:
    return label.root.type.value, label.plain_id, label.root.key, label.name


# In the workers -------------------------------------------------------------------------------------------------------


def _entity_rows(rows: Iterable[Row]) -> Iterator[Row]:
    for _, text, _ in rows:
        entities = [(type_.value, surfaces) for type_, surfaces in mentioned(Record.model_validate_json(text))]
        yield (json.dumps(entities, ensure_ascii=False),)


def _papers(rows: Iterable[Row]) -> Iterator[list[Mentioned]]:
    for (text,) in rows:
        yield [(EntityType(kind), surfaces) for kind, surfaces in json.loads(text)]


def _hash_rows(rows: Iterable[Row], registry: Broadcast[bytes]) -> Iterator[Row]:
    joints = Joints(_registry(registry.value))
    counts: Counter[int] = Counter()
    for paper in _papers(rows):
        for number in joints.of_paper(paper):
            counts[number] += 1
            if counts[number] < 3:  # two are as good as many
                yield (number,)


def _evidence_rows(rows: Iterable[Row], registry: Broadcast[bytes], shared: Broadcast[Hashes]) -> Iterator[Row]:
    joints = Joints(_registry(registry.value))
    evidence = Evidence()
    for paper in _papers(rows):
        for (type_, surfaces), is_shared in zip(paper, joints.are_shared(paper, shared.value), strict=True):
            if is_shared:
                evidence.add_entity(type_, surfaces)
        if len(evidence.usage) + len(evidence.links) > _COUNTED:
            yield from evidence.rows()
            evidence = Evidence()
    yield from evidence.rows()


def _label_rows(rows: Iterable[Row], found: Broadcast[Found]) -> Iterator[Row]:
    for some in batches(_papers(rows), _BATCH):
        yield from map(_label_row, found.value.names.own_labels(some))


_registries: dict[bytes, Registry] = {}


def _registry(packed: bytes) -> Registry:
    """The registry of a process, which is read once."""
    if packed not in _registries:
        _registries.clear()
        _registries[packed] = Registry.from_json(zlib.decompress(packed).decode())
    return _registries[packed]
