"""Which names of a paper hang together with those of other papers, told without looking at the other papers.

Names that share no paper's entity, no entry of the registry and no words of a phrase are resolved independently of each
other (``kg.resolve.joints``). So the names of a paper that hang together with no name of another paper, which are most
of them, are resolved where the paper is; only the others must be brought to one place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.resolve import Name, Registry, joints, name_key, surfaces_of
from kg.schema import EntityType, Record

Mentioned = tuple[EntityType, Mapping[str, int]]
"""An entity of a paper as it is mentioned there: its type, and its surfaces with their numbers of mentions."""

Hashes = npt.NDArray[np.int64]


def mentioned(record: Record) -> list[Mentioned]:
    """The entities of a record, in their order."""
    return [(entity.type, dict(surfaces)) for entity, surfaces in surfaces_of(record)]


def names_of(entity: Mentioned) -> set[Name]:
    """The names of an entity."""
    type_, surfaces = entity
    return {Name(type_, name_key(surface, type_)) for surface in surfaces}


class Joints:
    """What each surface may be joined to others by, as numbers of 64 bits.

    Two things that get one number by chance are resolved in one place, which does no harm.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._known: dict[tuple[EntityType, str], frozenset[int]] = {}

    def of(self, entity: Mentioned) -> set[int]:
        """The numbers of an entity: of its names, and of what joins each of its surfaces to others."""
        type_, surfaces = entity
        return set().union(*(self._of_surface(type_, surface) for surface in surfaces))

    def of_paper(self, entities: Iterable[Mentioned]) -> set[int]:
        """The numbers of all entities of a paper."""
        return set().union(*map(self.of, entities))

    def are_shared(self, entities: Sequence[Mentioned], shared: Hashes) -> list[bool]:
        """Whether each entity of a paper hangs together with other papers, itself or over others of the paper.

        Args:
            entities: those of a paper.
            shared: the numbers that several papers have, sorted.
        """
        groups: list[tuple[set[int], list[int]]] = []
        for place, entity in enumerate(entities):
            joined, places = self.of(entity), [place]
            apart = []
            for group in groups:
                if group[0].isdisjoint(joined):
                    apart.append(group)
                else:
                    joined |= group[0]
                    places += group[1]
            groups = [*apart, (joined, places)]
        found = [False] * len(entities)
        for joined, places in groups:
            if _any_in(joined, shared):
                for place in places:
                    found[place] = True
        return found

    def _of_surface(self, type_: EntityType, surface: str) -> frozenset[int]:
        known = self._known.get((type_, surface))
        if known is None:
            name = Name(type_, name_key(surface, type_))
            entry, phrase = joints(name, surface, self._registry)
            parts = (("name", name.key), ("entry", entry), ("phrase", phrase))
            known = frozenset(_hash(what, type_, text) for what, text in parts if text is not None)
            self._known[type_, surface] = known
        return known


def _hash(*parts: Any) -> int:
    digest = hashlib.blake2b("\t".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _any_in(some: Iterable[int], ordered: Hashes) -> bool:
    wanted = np.fromiter(some, np.int64)
    if not len(ordered) or not len(wanted):
        return False
    places = np.searchsorted(ordered, wanted)
    places[places == len(ordered)] = 0
    return bool(np.any(ordered[places] == wanted))
