"""What a resolver decided, in a form without the counts that it decided from: small enough to be sent elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kg.resolve.abbreviations import explains
from kg.resolve.evidence import Name
from kg.resolve.phrases import stems
from kg.schema import EntityType, bounded_id

_NOT_IN_SLUG = re.compile(r"[^\w.+@*]+")

TableRow = tuple[str, str, str, bool, bool, int, str, str]
"""Type, key, key of the representative, whether it is short, whether registered, papers, surface, name of the thing."""


class NameFacts(NamedTuple):
    """What is known of a name of a collection.

    Attributes:
        root: the representative of what it stands for where nothing more is known.
        is_short: it is an abbreviation.
        is_registered: the registry knows it.
        papers: how many papers use it.
        surface: how it is written most often.
    """

    root: Name
    is_short: bool
    is_registered: bool
    papers: int
    surface: str


def decisive(names: Iterable[Name], facts_of: Callable[[Name], NameFacts]) -> Name:
    """Of the names that a paper uses for one thing, the one that says best what it is.

    A long form says it better than an abbreviation, unless the registry knows both as two things: the paper then
    also calls the thing by a looser word (``FLOPs``, computational cost), or by letters that are not the long form's
    (``FTA-FTL``, federated learning). A name that the registry knows goes before others, and of these one that says
    more (``deep RL`` before ``RL``); a name with a number goes before its family. Of the rest, the most used.
    """
    facts = {name: facts_of(name) for name in names}

    def rank(name: Name) -> tuple[bool, bool, int, int, Name]:
        fact = facts[name]
        return fact.is_short, not fact.is_registered, -sum(map(str.isdigit, name.key)), -fact.papers, name

    ranked = sorted(facts, key=rank)
    best = ranked[0]
    if not facts[best].is_short:
        own = [name for name in ranked if facts[name].is_short and facts[name].root != facts[best].root]
        own = [n for n in own if not facts[n].is_registered and not explains(facts[best].surface, facts[n].surface)]
        if own:
            return own[0]
    if facts[best].is_short or not facts[best].is_registered:
        return best
    known = [name for name in ranked if facts[name].is_registered]
    shorts = [name for name in known if facts[name].is_short and facts[name].root != facts[best].root]
    if shorts:
        return shorts[0]
    words = stems(facts[best].surface)
    return next((name for name in known if not facts[name].is_short and stems(facts[name].surface) > words), best)


@dataclass(frozen=True)
class Label:
    """A thing by its representative, with its name."""

    root: Name
    name: str

    @property
    def plain_id(self) -> str:
        """The id that it has if no other thing has the same."""
        return plain_id(self.root.type, self.name)


def plain_id(type: EntityType, name: str) -> str:
    """The id of a thing if no other has the same."""
    slug = _NOT_IN_SLUG.sub("-", unicodedata.normalize("NFKC", name).casefold()).strip("-")
    return bounded_id(f"{type.lower()}:{slug or 'unnamed'}")


class NameTable:
    """What some names of a collection stand for.

    Args:
        facts: of each name.
        called: what the things are called, by representative.
    """

    def __init__(self, facts: Mapping[Name, NameFacts], called: Mapping[Name, str]) -> None:
        self.facts, self.called = facts, called

    def __len__(self) -> int:
        return len(self.facts)

    def find(self, names: Iterable[Name]) -> Label | None:
        """What an entity of a paper is that has these names; None if the table has none of them."""
        known = [name for name in names if name in self.facts]
        if not known:
            return None
        root = self.facts[decisive(known, self.facts.__getitem__)].root
        return Label(root, self.called[root])

    def labels(self) -> list[Label]:
        """The things that the names stand for, sorted."""
        return [Label(root, self.called[root]) for root in sorted({fact.root for fact in self.facts.values()})]

    def rows(self) -> list[TableRow]:
        """The table as plain values, sorted."""
        return [
            (name.type.value, name.key, fact.root.key, *fact[1:], self.called[fact.root])
            for name, fact in sorted(self.facts.items())
        ]

    @classmethod
    def from_rows(cls, rows: Iterable[TableRow]) -> NameTable:
        """The inverse of ``rows``."""
        facts, called = {}, {}
        for kind, key, root_key, is_short, is_registered, papers, surface, name in rows:
            type_ = EntityType(kind)
            root = Name(type_, root_key)
            facts[Name(type_, key)] = NameFacts(root, is_short, is_registered, papers, surface)
            called[root] = name
        return cls(facts, called)
