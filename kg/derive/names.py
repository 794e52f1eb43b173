"""Resolves the names of changed papers anew, with all names that hang together with theirs and no others.

Names hang together over an entity of a paper that has both, an entry of the registry, the words of a phrase, or a
decision. Names that do not are resolved independently of each other (see ``kg.resolve.clusters``), so what is found of
a part that is closed under this is what would be found of the whole; only ids, which must differ, reach further.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from kg.derive.index import Index, name_of, name_text, node_text
from kg.resolve import Decisions, Evidence, Label, Name, Registry, Resolver, Thing, give_ids, joints
from kg.schema import EntityType, Record

_LINKED = (
    "SELECT DISTINCT b.name FROM :given JOIN place a ON a.name = value JOIN place b ON b.paper = a.paper AND b.n = a.n",
    "SELECT DISTINCT b.name FROM :given JOIN name a ON a.name = value JOIN name b ON b.entry = a.entry",
    "SELECT DISTINCT b.name FROM :given JOIN name a ON a.name = value JOIN name b ON b.phrase = a.phrase",
)
_Rows = list[tuple[str, int, EntityType, dict[str, int], str, str]]


class Names:
    """The names of an index.

    Args:
        index: with a transaction open.
        registry: what is known of the field.
        before: the decisions that the index was made with.
        after: those that hold now.
    """

    def __init__(self, index: Index, registry: Registry, before: Decisions, after: Decisions) -> None:
        self._index, self._registry = index, registry
        self._before, self._after = before, after

    def update(self, gone: Collection[str], added: Iterable[Record]) -> set[str]:
        """Takes the entities of papers out, puts those of records in, and resolves what hangs together with them.

        Args:
            gone: the papers.
            added: records whose entities are to be resolved; their papers must be among ``gone``, if they were there.

        Returns:
            The papers whose entities are other things now, or have other names.
        """
        place = "SELECT name FROM place WHERE paper IN :given"
        touched = self._index.column(place, gone) | {name_text(name) for name in self._decided()}
        affected = self._closure(touched, self._before)
        for table in ("entity", "place"):
            self._index.write(f"DELETE FROM {table} WHERE paper = ?", ((paper,) for paper in gone))  # noqa: S608
        for record in added:
            touched |= {name_text(name) for name in self._index.add_entities(record, [None] * len(record.entities))}
        self._join(touched)
        return self._resolve(self._closure(affected | touched, self._after))

    def _decided(self) -> set[Name]:
        """The names of the decisions that are new or gone."""
        names = set(self._before.split() ^ self._after.split())
        for name, into, _ in set(self._before.merged()) ^ set(self._after.merged()):
            names |= {name, into}
        return names

    def _closure(self, names: set[str], decisions: Decisions) -> set[str]:
        """All names that hang together with some."""
        merged: dict[str, set[str]] = defaultdict(set)
        for name, into, _ in decisions.merged():
            merged[name_text(name)].add(name_text(into))
            merged[name_text(into)].add(name_text(name))
        found, new = set(names), set(names)
        while new:
            linked = {other for name in new for other in merged[name]}
            for query in _LINKED:
                linked |= self._index.column(query, new)
            new = linked - found
            found |= new
        return found

    def _entities(self, names: Collection[str]) -> _Rows:
        """The entities that have one of the names."""
        rows = self._index.rows(
            "SELECT DISTINCT e.paper, e.n, substr(a.name, 1, instr(a.name, char(9)) - 1), e.surfaces, e.node, e.called "
            "FROM :given JOIN place a ON a.name = value JOIN entity e ON e.paper = a.paper AND e.n = a.n",
            names,
        )
        return [(paper, n, EntityType(type_), json.loads(s), node, called) for paper, n, type_, s, node, called in rows]

    def _join(self, names: Collection[str]) -> None:
        """Brings up to date what joins names to others; the surface that decides on that may be another now."""
        evidence = _evidence(self._entities(names))
        found = [(name, evidence.usage[name]) for name in map(name_of, sorted(names)) if name in evidence.usage]
        self._index.write(
            "INSERT INTO name VALUES (?, ?, ?, NULL) "
            "ON CONFLICT (name) DO UPDATE SET entry = excluded.entry, phrase = excluded.phrase",
            (name_row(name, *joints(name, usage.best_surface(), self._registry)) for name, usage in found),
        )

    def _resolve(self, names: Collection[str]) -> set[str]:
        """Resolves the entities that have one of the names; gives the papers in which that changes anything."""
        rows = self._entities(names)
        resolver = Resolver(self._registry, self._after).fit_evidence(_evidence(rows))
        things, moved = self._things(names, resolver)
        changes = []
        for paper, n, type_, surfaces, node, called in rows:
            root = resolver.root_of(type_, surfaces)
            assert root is not None  # noqa: S101 - every name of these rows is in the evidence
            if (found := (_node(things[root]), things[root].name)) != (node, called):
                changes.append((*found, paper, n))
        query = "SELECT p.paper, p.n, value FROM :given JOIN name r ON r.root = value JOIN place p ON p.name = r.name"
        for paper, n, root_text in self._index.rows(query, moved):
            changes.append((_node(moved[root_text]), moved[root_text].name, paper, n))
        self._index.write("UPDATE entity SET node = ?, called = ? WHERE paper = ? AND n = ?", changes)
        return {paper for _, _, paper, _ in changes}

    def _things(self, names: Collection[str], resolver: Resolver) -> tuple[Mapping[Name, Thing], dict[str, Thing]]:
        """The things of names that were resolved; and those of others, by root, whose ids change beside them."""
        old = self._index.column("SELECT root FROM name WHERE name IN :given AND root IS NOT NULL", names)
        labels = resolver.labels()
        plain = {_plain(label) for label in labels} | self._index.column(
            "SELECT plain FROM thing WHERE root IN :given", old
        )
        self._index.write("DELETE FROM thing WHERE root = ?", ((root,) for root in old))
        rivals = self._index.rows("SELECT root, called, node FROM thing WHERE plain IN :given", plain)
        things = give_ids([*labels, *(Label(name_of(root), called) for root, called, _ in rivals)])
        moved = {root: things[name_of(root)] for root, _, node in rivals if _node(things[name_of(root)]) != node}
        self._index.write(
            "INSERT OR REPLACE INTO thing VALUES (?, ?, ?, ?)",
            (
                thing_row(label, things[label.root])
                for label in (*labels, *(Label(name_of(root), thing.name) for root, thing in moved.items()))
            ),
        )
        roots = {name_text(name): name_text(root) for name, root in resolver.roots().items()}
        self._index.write("UPDATE name SET root = ? WHERE name = ?", ((root, name) for name, root in roots.items()))
        self._index.write("DELETE FROM name WHERE name = ?", ((name,) for name in names if name not in roots))
        return things, moved


def fill(index: Index, resolver: Resolver) -> None:
    """Puts the names of a whole collection into an index that has its entities."""
    roots = resolver.roots()
    index.write(
        "INSERT INTO name VALUES (?, ?, ?, ?)",
        ((*name_row(name, entry, phrase), name_text(roots[name])) for name, entry, phrase in resolver.joints()),
    )
    labels = resolver.labels()
    things = give_ids(labels)
    index.write("INSERT INTO thing VALUES (?, ?, ?, ?)", (thing_row(label, things[label.root]) for label in labels))


def name_row(name: Name, entry: str | None, phrase: str | None) -> tuple[str, str | None, str | None]:
    """A name with what joins it to others, which are of the same type."""
    return (
        name_text(name),
        None if entry is None else f"{name.type}\t{entry}",
        None if phrase is None else f"{name.type}\t{phrase}",
    )


def thing_row(label: Label, thing: Thing) -> tuple[str, str, str, str]:
    """A thing as it is in the table."""
    return name_text(label.root), _plain(label), _node(thing), thing.name


def _evidence(rows: _Rows) -> Evidence:
    evidence = Evidence()
    for _, _, type_, surfaces, _, _ in rows:
        evidence.add_entity(type_, surfaces)
    return evidence


def _plain(label: Label) -> str:
    return f"{label.root.type}\t{label.plain_id}"


def _node(thing: Thing) -> str:
    return node_text((str(thing.type), thing.id))
