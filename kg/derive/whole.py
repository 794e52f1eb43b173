"""The graph of all records, and the index of what it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from kg.derive import families, names
from kg.graph import DiskGraph, NodeKey
from kg.resolve import Registry, Resolver, Thing, family_keys, nearest_families, relabel
from kg.schema import EntityType

if TYPE_CHECKING:
    from kg.derive.index import Index
    from kg.schema import Record


def derive_whole(
    graph: DiskGraph, records: Iterable[tuple[Record, bool]], resolver: Resolver, registry: Registry, index: Index
) -> None:
    """Gathers the graph of records; fills an index.

    Args:
        graph: empty.
        records: each with whether its entity ids are kept; those of the others hold within one paper.
        resolver: what was fitted to these others.
        registry: what is known of the field.
        index: empty, with a transaction open.
    """
    resolved = (record if kept else _resolved(record, resolver, index) for record, kept in records)
    graph.add(resolved, partial(_variants, registry, index), told=index.add_contribution)
    names.fill(index, resolver)
    index.registry = registry


def _resolved(record: Record, resolver: Resolver, index: Index) -> Record:
    things = resolver.things_of(record)
    index.add_entities(record, things)
    return relabel(record, things)


def _variants(
    registry: Registry, index: Index, called: Mapping[NodeKey, str]
) -> Iterator[tuple[NodeKey, NodeKey, float]]:
    """Which entities of a graph are variants of which; of given and of extracted records alike."""
    things = (Thing(EntityType(label), id_, name) for (label, id_), name in called.items())
    keys = {thing: family_keys(thing, registry) for thing in things}
    families.fill(index, called, keys)
    for found in nearest_families(keys):
        label = str(found.type)
        yield (label, found.variant), (label, found.family), found.confidence
