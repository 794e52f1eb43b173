"""Decisions that a person takes about names; they come before every rule."""

from __future__ import annotations

from dataclasses import dataclass

from kg.resolve.evidence import Name
from kg.resolve.names import name_key
from kg.schema import EntityType


@dataclass(frozen=True, order=True)
class Merge:
    """``name`` is the same thing as ``into``, and is called ``into``; both are of ``type``."""

    type: EntityType
    name: str
    into: str


@dataclass(frozen=True, order=True)
class Split:
    """``alias`` is a thing of its own and none of ``name``; both are of ``type``."""

    type: EntityType
    name: str
    alias: str


@dataclass(frozen=True)
class Decisions:
    """All decisions about a graph. Their order does not matter; names are compared by their keys."""

    merges: tuple[Merge, ...] = ()
    splits: tuple[Split, ...] = ()

    def merged(self) -> list[tuple[Name, Name, str]]:
        """Each merge as the name merged, the name merged into, and how the latter is written."""
        return [
            (_name(m.type, m.name), _name(m.type, m.into), m.into)
            for m in sorted(set(self.merges))
            if name_key(m.name, m.type) != name_key(m.into, m.type)
        ]

    def split(self) -> frozenset[Name]:
        """The names that stand apart from all others, except where a merge says otherwise."""
        return frozenset(_name(s.type, s.alias) for s in self.splits)


def _name(type: EntityType, surface: str) -> Name:
    return Name(type, name_key(surface, type))
