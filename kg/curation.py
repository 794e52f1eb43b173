"""What a person sees and decides of the names in a graph: why they are one thing, which are, which are not."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.errors import InputError
from kg.graph_file import GraphFile
from kg.schema import EntityType

if TYPE_CHECKING:
    from kg.journal import Journal
    from kg.resolve import Decisions, Resolver, Thing

GIVEN = "given"
"""The rule of a name that stands in a record of the user's with its id, which nothing decides upon."""


@dataclass(frozen=True)
class AliasEntry:
    """A spelling of an entity: in how many papers it stands, by which rule it belongs there, how sure that is.

    ``sources`` are the ids of these papers, sorted.
    """

    alias: str
    papers: int
    rule: str
    confidence: float
    sources: tuple[str, ...]


@dataclass(frozen=True)
class EntityEntry:
    """An entity of the graph: its label, id and name, its spellings, and the ids of the papers that name it.

    ``link`` is the address that the registry has for it, if it has one.
    """

    label: str
    id: str
    name: str
    aliases: tuple[AliasEntry, ...]
    papers: tuple[str, ...]
    link: str | None = None


class Curation:
    """The names of the graph of a journal, and the decisions on them, which are kept beside the graph.

    Args:
        journal: the records.
        file: the graph's file.
    """

    def __init__(self, journal: Journal, file: GraphFile) -> None:
        from kg.resolve import read_decisions

        self.journal, self._file = journal, file
        self.decisions = read_decisions(file.decisions_path)
        self._resolver = file.resolver(journal, self.decisions)

    def show(self, name: str) -> list[EntityEntry]:
        """The entities that a name or an alias stands for, by label and id; spelling as in ``kg.resolve.name_key``.

        Raises:
            InputError: no entity has that name.
        """
        entries = [entry for entry in self._entries() if name in (entry.name, entry.id) or _has(entry, name)]
        if not entries:
            raise self._unknown(name)
        return [self._explained(entry) for entry in entries]

    def merge(self, name: str, into: str) -> Decisions:
        """The decisions with one more: ``name`` is ``into`` and is called that.

        Raises:
            InputError: one of them is unknown, they have no type in common, or they are one thing already.
        """
        from kg.resolve import Decisions, Merge

        left, right = self._things(name), self._things(into)
        types = sorted(left.keys() & right.keys())
        if len(types) != 1:
            problem = "are of different types" if not types else f"are each of several types ({', '.join(types)})"
            raise InputError(f"{name!r} and {into!r} {problem}", "merge names that have one type in common")
        (type_,) = types
        if left[type_] == right[type_]:
            raise InputError(f"{name!r} and {into!r} are one thing already", "see kg entity show")
        made = [Merge(type_, self._spelling(left[type_], name), self._spelling(right[type_], into))]
        if made[0].into != right[type_].name:  # the registry's name, or one that was decided, need not stand in a paper
            made.append(Merge(type_, made[0].into, right[type_].name))
        return Decisions((*self.decisions.merges, *made), self.decisions.splits)

    def split(self, name: str, alias: str) -> Decisions:
        """The decisions that make ``alias`` a thing of its own: without the merge that joined it, or with one more.

        Raises:
            InputError: the name is unknown, the alias is none of it, or only the spelling of the two differs.
        """
        from kg.resolve import Decisions, Split, name_key

        things = self._things(name)
        found = {t: thing for t, thing in things.items() if self._things(alias, strict=False).get(t) == thing}
        if not found:
            raise InputError(f"{alias!r} is no alias of {name!r}", "see kg entity show for its aliases")
        merges, splits = self.decisions.merges, self.decisions.splits
        for type_ in found:
            key = name_key(alias, type_)
            merges = tuple(
                m for m in merges if m.type != type_ or key not in (name_key(m.name, type_), name_key(m.into, type_))
            )
        for decisions in (
            Decisions(merges, splits),
            Decisions(merges, (*splits, *(Split(type_, name, alias) for type_ in found))),
        ):
            resolver = self._file.resolver(self.journal, decisions)
            if all(self._apart(resolver, name, alias, type_) for type_ in found):
                return decisions
        raise InputError(f"{alias!r} is a spelling of {name!r}", "names that differ in spelling only cannot be split")

    def _apart(self, resolver: Resolver, name: str, alias: str, type_: EntityType) -> bool:
        left, right = (_things_of(resolver, each).get(type_) for each in (name, alias))
        return left != right

    def _things(self, name: str, strict: bool = True) -> dict[EntityType, Thing]:
        """What a name stands for, by type."""
        found = _things_of(self._resolver, name)
        if not found and strict:
            if any(name in (e.name, e.id) or _has(e, name) for e in self._entries()):
                raise InputError(
                    f"{name!r} comes from extraction records that keep their ids", "build them with --resolve"
                )
            raise self._unknown(name)
        return found

    def _spelling(self, thing: Thing, wanted: str) -> str:
        """A spelling of a thing that stands in a paper: its name, or the one wanted, or the most frequent."""
        from kg.resolve import name_key

        surfaces = [alias.surface for alias in self._resolver.aliases(thing)]
        keys = {name_key(surface, thing.type) for surface in surfaces}
        return next((each for each in (thing.name, wanted) if name_key(each, thing.type) in keys), surfaces[0])

    def _entries(self) -> list[EntityEntry]:
        """Every entity, resolved or given, with the spellings that its papers use for it."""
        papers: dict[tuple[str, str], set[str]] = defaultdict(set)
        names: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        surfaces: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for kept in (True, False):
            for record in self.journal.records(resolved=kept):
                resolved = record if kept else self._resolver.apply(record)
                said: dict[tuple[str, str], set[str]] = defaultdict(set)
                for mention in resolved.mentions:
                    said[str(mention.type), mention.entity].add(mention.text)
                for entity in resolved.entities:
                    node = str(entity.type), entity.id
                    papers[node].add(record.id)
                    names[node][entity.name] += 1
                    for surface in said[node]:
                        surfaces[node][surface].add(record.id)
        entries = []
        for node in sorted(papers):
            spelled = sorted(surfaces[node].items())
            aliases = tuple(AliasEntry(s, len(where), GIVEN, 1.0, tuple(sorted(where))) for s, where in spelled)
            (name, _), *_ = sorted(names[node].items(), key=lambda item: (-item[1], item[0]))
            entries.append(EntityEntry(*node, name, aliases, tuple(sorted(papers[node]))))
        return entries

    def _explained(self, entry: EntityEntry) -> EntityEntry:
        """An entity with the rule of each spelling, where it was resolved."""
        thing = self._resolver.find(entry.id, EntityType(entry.label))
        found = [] if thing is None or thing.id != entry.id else self._resolver.aliases(thing)
        known = {a.alias: a for a in entry.aliases}
        aliases = known | {
            a.surface: AliasEntry(
                a.surface, a.papers, str(a.rule), a.confidence, known[a.surface].sources if a.surface in known else ()
            )
            for a in found
        }
        ordered = tuple(sorted(aliases.values(), key=lambda a: (-a.papers, a.alias)))
        registered = self._resolver.registered(entry.name, EntityType(entry.label))
        return replace(entry, aliases=ordered, link=registered.link if registered else None)

    def _unknown(self, name: str) -> InputError:
        from rapidfuzz import process
        from rapidfuzz.distance import JaroWinkler

        known = sorted({n for e in self._entries() for n in (e.name, *(a.alias for a in e.aliases))})
        near = process.extract(
            name, known, scorer=JaroWinkler.normalized_similarity, processor=str.casefold, limit=3, score_cutoff=0.6
        )
        cure = f"did you mean {', '.join(repr(hit[0]) for hit in near)}?" if near else "see kg query --list for what is"
        return InputError(f"no entity is called {name!r}", cure)


def _has(entry: EntityEntry, name: str) -> bool:
    from kg.resolve import name_key

    type_ = EntityType(entry.label)
    key = name_key(name, type_)
    return any(key == name_key(each, type_) for each in (entry.name, *(alias.alias for alias in entry.aliases)))


def _things_of(resolver: Resolver, name: str) -> dict[EntityType, Thing]:
    """What a name stands for in a collection, by type."""
    return {type_: thing for type_ in EntityType if (thing := resolver.find(name, type_)) is not None}
