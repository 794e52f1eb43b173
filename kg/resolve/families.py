"""Families: which thing is a variant of which (``LLaMA-2-7B`` of ``LLaMA-2``, ``AIME 2024`` of ``AIME``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.resolve.names import family_names, name_key
from kg.resolve.registry import Registry
from kg.schema import EntityType

_FROM_NAME = 0.9
"""How sure a family is that only the form of the names tells."""
_RELEASED = frozenset({EntityType.MODEL, EntityType.BENCHMARK})
"""The types whose names are read for versions, sizes and variants; ``Recall@10`` or ``next stage 2`` have none."""
_METHOD_VERSION = re.compile(r"(.*\w)(?:[-\s][vV]?|[vV])\d+(?:\.\d+)*")
"""A method may have a version (``EAGLE-3``), but the number is part of many names (``TD3``, ``INT4``)."""


@dataclass(frozen=True)
class Thing:
    """One thing of a collection of papers: its id, unique in its type, and its name."""

    type: EntityType
    id: str
    name: str


@dataclass(frozen=True)
class Variant:
    """The thing ``variant`` is a variant of ``family``; both are ids of things of ``type``."""

    type: EntityType
    variant: str
    family: str
    confidence: float


def find_variants(things: Iterable[Thing], registry: Registry) -> list[Variant]:
    """The nearest family of each thing, among the things themselves, sorted by type and id.

    The registry tells first; where it is silent, the form of the name does. A family that is none of ``things`` is
    passed over for the next one up, so that an edge joins only what papers mention. Linear in the number of things.
    """
    return nearest_families({thing: family_keys(thing, registry) for thing in things})


def family_keys(thing: Thing, registry: Registry) -> list[tuple[str, float]]:
    """The name keys of the families that a thing may have, the nearest first, each with how sure it is."""
    return [(name_key(name, thing.type), confidence) for name, confidence in _ancestors(thing, registry)]


def nearest_families(families: Mapping[Thing, Iterable[tuple[str, float]]]) -> list[Variant]:
    """The nearest family of each thing, among the things themselves, from what ``family_keys`` gives for each."""
    ordered = sorted(families, key=lambda thing: (thing.type, thing.id))
    ids: dict[tuple[EntityType, str], str] = {}
    for thing in ordered:
        ids.setdefault((thing.type, name_key(thing.name, thing.type)), thing.id)
    found = []
    for thing in ordered:
        for key, confidence in families[thing]:
            family = ids.get((thing.type, key))
            if family is not None and family != thing.id:
                found.append(Variant(thing.type, thing.id, family, confidence))
                break
    return found


def _ancestors(thing: Thing, registry: Registry) -> Iterator[tuple[str, float]]:
    """The names of the families of a thing, the nearest first, each with how sure it is."""
    seen: set[str] = set()
    yield from _registered(thing.name, thing.type, registry, seen, 1.0)
    names: Iterable[str] = ()
    if thing.type in _RELEASED:
        names = family_names(thing.name)
    elif thing.type is EntityType.METHOD and (version := _METHOD_VERSION.fullmatch(thing.name)):
        names = (version[1],)
    for name in names:
        entry = registry.find(name, thing.type)
        yield (name if entry is None else entry.name), _FROM_NAME
        yield from _registered(name, thing.type, registry, seen, _FROM_NAME)


def _registered(
    name: str, type: EntityType, registry: Registry, seen: set[str], confidence: float
) -> Iterator[tuple[str, float]]:
    entry = registry.find(name, type)
    # A user's registry may go in a circle, which only its check reports.
    while entry is not None and entry.name not in seen:
        seen.add(entry.name)
        entry = registry.family(entry)
        if entry is not None:
            yield entry.name, confidence
