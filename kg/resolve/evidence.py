"""What the records of a corpus say about names: counts that do not depend on the order of the records.

Nothing but counts over distinct names is kept, so that memory grows with the vocabulary and not with the text.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kg.resolve.names import is_ending, name_key
from kg.schema import Entity, EntityType, Record

EvidenceRow = tuple[str, str, str, str, int, int]
"""What is counted (name, surface, link), type, key, the surface or the other name's key, mentions, papers."""


class Name(NamedTuple):
    """A name key together with the type of what it names; names of different types are never one."""

    type: EntityType
    key: str


_ABBREVIATION = re.compile(r"[^\W_](?:[\w./+*@-]{0,14}[\w+*])?")


def is_abbreviation(surface: str) -> bool:
    """Whether a written form looks like an abbreviation: one short word with two capitals or more."""
    return (
        _ABBREVIATION.fullmatch(surface) is not None
        and sum(c.isupper() for c in surface) > 1
        and sum(c.isalpha() for c in surface) <= 8
    )


@dataclass
class Usage:
    """How a name is written: mentions and papers of each surface, and the number of papers."""

    papers: int = 0
    mentions: Counter[str] = field(default_factory=Counter)
    papers_of: Counter[str] = field(default_factory=Counter)

    def best_surface(self) -> str:
        """The most frequent surface; ties: more papers, then lexicographic."""
        return min(self.mentions, key=lambda s: (-self.mentions[s], -self.papers_of[s], s))


class Evidence:
    """The counts from which names are resolved.

    Attributes:
        usage: how each name is written, by name.
        links: in how many papers two names are one thing, by the pair in order.
    """

    def __init__(self) -> None:
        self.usage: dict[Name, Usage] = defaultdict(Usage)
        self.links: Counter[tuple[Name, Name]] = Counter()

    def add(self, record: Record) -> None:
        """Adds what one paper says."""
        for entity, surfaces in surfaces_of(record):
            self.add_entity(entity.type, surfaces)

    def add_entity(self, type: EntityType, surfaces: Mapping[str, int]) -> None:
        """Adds what one paper says of one thing: its surfaces there, with their numbers of mentions."""
        names = set()
        for surface, count in surfaces.items():
            name = Name(type, name_key(surface, type))
            usage = self.usage[name]
            usage.mentions[surface] += count
            usage.papers_of[surface] += 1
            if name not in names:
                usage.papers += 1
                names.add(name)
        ordered = sorted(names)
        for i, left in enumerate(ordered):
            for right in ordered[i + 1 :]:
                self.links[left, right] += 1

    def rows(self) -> Iterator[EvidenceRow]:
        """The counts as plain values; those of the same key add up."""
        for name, usage in self.usage.items():
            yield "name", name.type.value, name.key, "", 0, usage.papers
            for surface, mentions in usage.mentions.items():
                yield "surface", name.type.value, name.key, surface, mentions, usage.papers_of[surface]
        for (left, right), papers in self.links.items():
            yield "link", left.type.value, left.key, right.key, 0, papers

    def add_rows(self, rows: Iterable[EvidenceRow]) -> None:
        """Adds counts that ``rows`` gave."""
        for kind, type_value, key, other, mentions, papers in rows:
            type_ = EntityType(type_value)
            name = Name(type_, key)
            if kind == "link":
                self.links[name, Name(type_, other)] += papers
            elif kind == "name":
                self.usage[name].papers += papers
            else:
                self.usage[name].mentions[other] += mentions
                self.usage[name].papers_of[other] += papers


def surfaces_of(record: Record) -> Iterable[tuple[Entity, Counter[str]]]:
    """The surfaces of each entity of a record with their numbers of mentions; the name of one that has no mention.

    Where only the end of a name stands, the ``13B`` of "Vicuna 7B and 13B", the name counts: alone it says nothing.
    """
    found: dict[str, Counter[str]] = {entity.id: Counter() for entity in record.entities}
    names = {entity.id: entity.name for entity in record.entities}
    for mention in record.mentions:
        if mention.entity in found:
            name = names[mention.entity]
            shortened = is_ending(mention.text) and name.endswith(mention.text)
            found[mention.entity][name if shortened else mention.text] += 1
    return [(entity, found[entity.id] or Counter({entity.name: 1})) for entity in record.entities]
