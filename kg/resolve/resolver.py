"""Gives the entities of a collection of records their ids and names."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.resolve.clusters import Clusters, Membership, Rule, joints
from kg.resolve.decisions import Decisions
from kg.resolve.evidence import Evidence, Name, is_abbreviation, surfaces_of
from kg.resolve.families import Thing, Variant, find_variants
from kg.resolve.names import name_key, singular_name, strip_latex
from kg.resolve.registry import Registry, RegistryEntry
from kg.resolve.table import Label, NameTable, plain_id
from kg.schema import Entity, EntityType, Record, Relation, Result, Role

_ROLE_RANK = {role: rank for rank, role in enumerate(Role)}
"""Of two roles the first that holds counts; ``Role`` is in that order."""


@dataclass(frozen=True, order=True)
class Alias:
    """A spelling of a thing: in how many papers it stands, and why it belongs there."""

    surface: str
    papers: int
    rule: Rule
    confidence: float


@dataclass(frozen=True, order=True)
class Ambiguity:
    """An abbreviation with several meanings.

    ``alone`` is the id of the thing that it stands for in a paper without a long form: one of ``meant`` if that
    dominates, else a thing of its own. ``meant`` holds ids with the numbers of papers that give the long form.
    """

    type: EntityType
    abbreviation: str
    alone: str
    meant: tuple[tuple[str, int], ...]


class Resolver:
    """Decides which entities of different papers are one thing.

    What it decides is a function of the set of the records, the registry and the decisions; the order of the records
    does not matter. ``fit`` reads every record once and keeps counts of distinct names only.

    Args:
        registry: what is known of the field (``load_registry``).
        decisions: what a person decided; comes before every rule.

    Example:
        >>> resolver = Resolver(load_registry()).fit(records)
        >>> resolved = [resolver.apply(record) for record in records]
    """

    def __init__(self, registry: Registry, decisions: Decisions | None = None) -> None:
        self._registry = registry
        self._decisions = decisions or Decisions()
        self._clusters = Clusters(Evidence(), registry, self._decisions)
        self._evidence = Evidence()
        self._things: dict[Name, Thing] = {}
        self._members: dict[Name, list[Name]] = {}

    def fit(self, records: Iterable[Record]) -> Resolver:
        """Learns the names of a collection; what an earlier call learnt is forgotten.

        Args:
            records: entity ids are local to each paper; a mention belongs to the entity that it names.
        """
        evidence = Evidence()
        for record in records:
            evidence.add(record)
        return self.fit_evidence(evidence)

    def fit_evidence(self, evidence: Evidence) -> Resolver:
        """Learns the names of a collection from what is counted of it (see ``fit``)."""
        self._evidence = evidence
        self._clusters = Clusters(evidence, self._registry, self._decisions)
        self._members = defaultdict(list)
        for name, root in self._clusters.home.items():
            self._members[root].append(name)
        self._things = give_ids(self.labels())
        return self

    def apply(self, record: Record) -> Record:
        """The record with the ids and names of the whole collection.

        Entities of the record that turn out to be one are joined: the role is the first of ``Role`` that one of them
        has, the confidence the highest. Relations of a thing to itself that come of that are left out.

        Args:
            record: one of those given to ``fit``, or any other, whose unknown names then stand for themselves.
        """
        return relabel(record, self.things_of(record))

    def things_of(self, record: Record) -> list[Thing]:
        """The thing that each entity of a record is, in their order."""
        return [self.thing_of(entity.type, surfaces) for entity, surfaces in surfaces_of(record)]

    def thing_of(self, type: EntityType, surfaces: Mapping[str, int]) -> Thing:
        """What an entity of a paper is: its long forms decide, among them the best known.

        Args:
            type: its type.
            surfaces: the numbers of its mentions by surface.
        """
        root = self.root_of(type, surfaces)
        return self._unknown(type, surfaces) if root is None else self._things[root]

    def root_of(self, type: EntityType, surfaces: Iterable[str]) -> Name | None:
        """The representative of what an entity of a paper is (see ``thing_of``); None if no paper of ``fit`` has it."""
        names = {Name(type, name_key(surface, type)) for surface in surfaces}
        known = [name for name in names if name in self._clusters.home]
        return self._clusters.home[self._clusters.decisive(known)] if known else None

    def labels(self) -> list[Label]:
        """How each thing is called, without the ids that they have beside each other."""
        return [Label(root, self._clusters.display_name(root, names)) for root, names in self._members.items()]

    def joints(self) -> Iterator[tuple[Name, str | None, str | None]]:
        """Every name with what may join it to others (see ``kg.resolve.clusters.joints``)."""
        return ((name, *joints(name, u.best_surface(), self._registry)) for name, u in self._evidence.usage.items())

    def table(self, names: Iterable[Name]) -> NameTable:
        """What some names of the collection stand for, without the counts from which that follows."""
        facts = {name: self._clusters.facts_of(name) for name in names}
        return NameTable(facts, {fact.root: self._things[fact.root].name for fact in facts.values()})

    def roots(self) -> Mapping[Name, Name]:
        """The representative of the thing that each name of the collection stands for."""
        return self._clusters.home

    def things(self) -> list[Thing]:
        """Every thing of the collection, sorted by type and id."""
        return sorted(set(self._things.values()), key=lambda thing: (thing.type, thing.id))

    def find(self, surface: str, type: EntityType) -> Thing | None:
        """The thing of a type that a spelling stands for where nothing more is known, or that has it as id or name."""
        name = Name(type, name_key(surface, type))
        if name in self._clusters.home:
            return self._things[self._clusters.home[name]]
        same = (t for t in self.things() if t.type == type and (surface == t.id or name_key(t.name, type) == name.key))
        return next(same, None)

    def registered(self, name: str, type: EntityType) -> RegistryEntry | None:
        """The entry of the registry that is called so, or None."""
        entry = self._registry.find(name, type)
        return entry if entry is not None and entry.name == name else None

    def variants(self) -> list[Variant]:
        """Which things of the collection are variants of which, sorted."""
        return find_variants(self.things(), self._registry)

    def aliases(self, thing: Thing) -> list[Alias]:
        """The spellings of a thing with the rule that brought each to it, the most frequent first."""
        found = []
        for root, other in self._things.items():
            if other == thing:
                for name in self._members[root]:
                    why = self._clusters.membership.get(name, Membership(Rule.SPELLING, 1.0))
                    for surface, papers in self._evidence.usage[name].papers_of.items():
                        found.append(Alias(surface, papers, why.rule, why.confidence))
        return sorted(found, key=lambda alias: (-alias.papers, alias))

    def ambiguous(self) -> list[Ambiguity]:
        """The abbreviations for which papers give the long forms of several things, sorted."""
        found = []
        for short, senses in self._clusters.senses.items():
            if len(senses) > 1:
                meant = sorted((self._things[root].id, papers) for root, papers in senses.items())
                alone = self._things[self._clusters.home[short]].id
                written = self._evidence.usage[short].best_surface()
                found.append(Ambiguity(short.type, written, alone, tuple(meant)))
        return sorted(found)

    def _unknown(self, type: EntityType, surfaces: Mapping[str, int]) -> Thing:
        """A thing that ``fit`` did not see."""
        for surface in sorted(surfaces, key=lambda s: (is_abbreviation(s), -surfaces[s], s)):
            entry = self._registry.find(surface, type)
            if entry is not None:
                return Thing(type, plain_id(type, entry.name), entry.name)
        written = min(surfaces, key=lambda s: (not is_abbreviation(s), -surfaces[s], s))
        name = strip_latex(singular_name(written))
        return Thing(type, plain_id(type, name), name)


def give_ids(labels: Iterable[Label]) -> dict[Name, Thing]:
    """Things with their ids: of those with the same plain id the plainest spelling has it, others a hash behind it.

    So an id depends on the things with the same plain id and on no others.
    """
    taken: set[tuple[EntityType, str]] = set()
    things = {}
    for label in sorted(labels, key=lambda label: (label.root.key != label.root.key.casefold(), label.root)):
        id_ = label.plain_id
        if (label.root.type, id_) in taken:
            id_ += f"-{hashlib.sha256(label.root.key.encode()).hexdigest()[:6]}"
        else:
            taken.add((label.root.type, id_))
        things[label.root] = Thing(label.root.type, id_, label.name)
    return things


def relabel(record: Record, things: Sequence[Thing]) -> Record:
    """The record with the ids and names of the things that its entities are, in their order; see ``Resolver.apply``."""
    ends = _Ends()
    entities: dict[Thing, Entity] = {}
    for entity, thing in zip(record.entities, things, strict=True):
        ends.add(entity, thing.id)
        known = entities.get(thing)
        role, confidence = entity.role, entity.confidence
        if known is not None:
            role = min(role, known.role, key=_ROLE_RANK.__getitem__)
            confidence = max(confidence, known.confidence)
        entities[thing] = Entity(id=thing.id, name=thing.name, type=thing.type, role=role, confidence=confidence)
    return record.model_copy(
        update={
            "mentions": tuple(m.model_copy(update={"entity": ends.of(m.entity, m.type)}) for m in record.mentions),
            "entities": tuple(entities.values()),
            "relations": tuple(_relations(record, ends)),
            "results": tuple(r.model_copy(update=ends.of_result(r)) for r in record.results),
        }
    )


class _Ends:
    """From the local ids of one record to those of the collection."""

    def __init__(self) -> None:
        self._of_type: dict[tuple[str, EntityType], str] = {}
        self._first: dict[str, str] = {}

    def add(self, entity: Entity, id_: str) -> None:
        self._of_type[entity.id, entity.type] = id_
        self._first.setdefault(entity.id, id_)

    def of(self, local: str, type: EntityType) -> str:
        """The new id of a mention's entity; its own type decides only where an id has two types."""
        return self._of_type.get((local, type), self._first.get(local, local))

    def of_end(self, local: str | None) -> str | None:
        """The new id of an end of a relation or of a result."""
        return None if local is None else self._first.get(local, local)

    def of_result(self, result: Result) -> dict[str, str | None]:
        """The new ids of the ends of a result."""
        return {end: self.of_end(getattr(result, end)) for end in ("subject", "benchmark", "metric", "baseline")}


def _relations(record: Record, ends: _Ends) -> Iterator[Relation]:
    seen = set()
    for relation in record.relations:
        subject, object_ = ends.of_end(relation.subject), ends.of_end(relation.object)
        moved = relation.model_copy(update={"subject": subject, "object": object_})
        if (subject != object_ or relation.subject == relation.object) and moved not in seen:
            seen.add(moved)
            yield moved
