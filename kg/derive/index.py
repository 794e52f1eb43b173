"""What a graph was made of, in an SQLite file beside it: which papers say what of which entity, and why.

Nothing but time is lost with the file: the graph is made anew from all records, and the file with it. With it, a change
costs what hangs together with the papers that changed.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from kg.errors import KgError
from kg.graph import Contribution, EdgeKey, NodeKey, Said
from kg.resolve import Name, Registry, Thing, name_key, surfaces_of
from kg.schema import EntityType, Record

_FORMAT = 3
"""Raised where the tables change, or what resolution finds in the same records: then all is derived anew."""
_SCHEMA = f"""
PRAGMA user_version = {_FORMAT};
CREATE TABLE state (json TEXT NOT NULL);
CREATE TABLE registry (json TEXT NOT NULL);
-- The entities of records that were resolved: the surfaces with their numbers of mentions, and what each was found to
-- be (`node` a label and an id, `called` its name).
CREATE TABLE entity (
    paper TEXT, n INTEGER, surfaces TEXT NOT NULL, node TEXT NOT NULL, called TEXT NOT NULL, PRIMARY KEY (paper, n)
) WITHOUT ROWID;
-- The names of these entities.
CREATE TABLE place (name TEXT, paper TEXT, n INTEGER, PRIMARY KEY (name, paper, n)) WITHOUT ROWID;
CREATE INDEX place_entity ON place (paper, n);
-- What joins a name to others (see kg.resolve.joints), and the representative of the thing that it stands for.
CREATE TABLE name (name TEXT PRIMARY KEY, entry TEXT, phrase TEXT, root TEXT) WITHOUT ROWID;
CREATE INDEX name_entry ON name (entry) WHERE entry IS NOT NULL;
CREATE INDEX name_phrase ON name (phrase) WHERE phrase IS NOT NULL;
CREATE INDEX name_root ON name (root);
CREATE TABLE thing (root TEXT PRIMARY KEY, plain TEXT NOT NULL, node TEXT NOT NULL, called TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX thing_plain ON thing (plain);
-- What each record says of each entity (see kg.graph.Said), and the relations that it states.
CREATE TABLE said (
    node TEXT, paper TEXT, names TEXT NOT NULL, aliases TEXT NOT NULL, mentioned INTEGER NOT NULL,
    joined INTEGER NOT NULL, PRIMARY KEY (node, paper)
) WITHOUT ROWID;
CREATE INDEX said_paper ON said (paper);
CREATE TABLE stated (edge TEXT, paper TEXT, PRIMARY KEY (edge, paper)) WITHOUT ROWID;
CREATE INDEX stated_paper ON stated (paper);
-- The entities that have a node, and the name keys of the families that each may have, the nearest first.
CREATE TABLE node (node TEXT PRIMARY KEY, called TEXT NOT NULL, key TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX node_key ON node (key);
CREATE TABLE family (
    node TEXT, rank INTEGER, key TEXT NOT NULL, confidence REAL, PRIMARY KEY (node, rank)
) WITHOUT ROWID;
CREATE INDEX family_key ON family (key);
"""


@dataclass(frozen=True)
class State:
    """What an index belongs to.

    Attributes:
        graph: the checksum of the graph's file.
        step: the step of the journal.
        revision: the revision that this step led to.
        rules: stands for all else that the graph follows from, but for the decisions.
        decisions: the decisions on names, as JSON.
    """

    graph: str
    step: int
    revision: str
    rules: str
    decisions: str


class Index:
    """The index at ``path``; see ``kg.derive.names`` and ``kg.derive.increment`` for how it is used.

    Args:
        path: the file.
        create: make an empty one, in the place of any other.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self._path = path
        if create:
            for old in (path, Path(f"{path}-journal")):
                old.unlink(missing_ok=True)
        uri = f"{path.resolve().as_uri()}?mode={'rwc' if create else 'rw'}"
        self._sql = sqlite3.connect(uri, uri=True, isolation_level=None)
        # A new file takes its name only when it is complete and durable; until then nothing is lost with it.
        self._sql.execute(f"PRAGMA synchronous = {'OFF' if create else 'NORMAL'}")
        if create:
            self._sql.executescript(_SCHEMA)

    @classmethod
    def open(cls, path: Path) -> Index | None:
        """The index at ``path``; None if there is none that can be used."""
        try:
            index = cls(path)
            if index._sql.execute("PRAGMA user_version").fetchone() == (_FORMAT,):
                return index
            index.close()
        except sqlite3.DatabaseError:
            pass
        return None

    def close(self) -> None:
        """Closes the file."""
        self._sql.close()

    def replace(self, path: Path) -> None:
        """Closes the file and puts it in the place of another."""
        self.close()
        with self._path.open("rb") as file:
            os.fsync(file.fileno())
        self._path.replace(path)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written within, or none of it.

        Raises:
            KgError: the file is damaged or cannot be written.
        """
        try:
            self._sql.execute("BEGIN IMMEDIATE")
            yield
            self._sql.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.DatabaseError):
                if self._sql.in_transaction:
                    self._sql.execute("ROLLBACK")
            if isinstance(error, sqlite3.DatabaseError):
                raise KgError(f"the index of the graph cannot be used: {error}") from error
            raise

    # -- any statement ------------------------------------------------------------------------------------------------

    def rows(self, query: str, given: Collection[str] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query, in which ``:given`` is a table with the column ``value``."""
        text = query.replace(":given", "(SELECT value FROM json_each(?1))")
        return self._sql.execute(text, (json.dumps(sorted(given)),) if text != query else ()).fetchall()

    def column(self, query: str, given: Collection[str] = ()) -> set[Any]:
        """The values of the one column of a query (see ``rows``)."""
        return {row[0] for row in self.rows(query, given)}

    def write(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Runs a statement for each row of parameters."""
        self._sql.executemany(statement, rows)

    # -- state --------------------------------------------------------------------------------------------------------

    @property
    def state(self) -> State | None:
        """What the index belongs to, once it is complete."""
        row = self._sql.execute("SELECT json FROM state").fetchone()
        return None if row is None else State(**json.loads(row[0]))

    @state.setter
    def state(self, state: State) -> None:
        self._sql.execute("DELETE FROM state")
        self._sql.execute("INSERT INTO state VALUES (?)", (json.dumps(asdict(state)),))

    @property
    def registry(self) -> Registry:
        """The registry that the index was made with, ready for use."""
        return Registry.from_json(self._sql.execute("SELECT json FROM registry").fetchone()[0])

    @registry.setter
    def registry(self, registry: Registry) -> None:
        self._sql.execute("INSERT INTO registry VALUES (?)", (registry.to_json(),))

    # -- rows of records ----------------------------------------------------------------------------------------------

    def add_entities(self, record: Record, things: Iterable[Thing | None]) -> set[Name]:
        """Adds the entities of a record that is resolved; gives their names.

        Args:
            record: as it was extracted.
            things: what each entity is, None if that is to be found.
        """
        names: set[Name] = set()
        for n, ((entity, surfaces), thing) in enumerate(zip(surfaces_of(record), things, strict=True)):
            type_ = entity.type
            of_entity = {Name(type_, name_key(surface, type_)) for surface in surfaces}
            found = ("", "") if thing is None else (node_text((str(type_), thing.id)), thing.name)
            self._sql.execute(
                "INSERT INTO entity VALUES (?, ?, ?, ?, ?)", (record.id, n, _json(dict(surfaces)), *found)
            )
            self.write("INSERT INTO place VALUES (?, ?, ?)", ((name_text(name), record.id, n) for name in of_entity))
            names |= of_entity
        return names

    def things(self, paper: str) -> list[Thing]:
        """What each entity of a paper was found to be."""
        rows = self._sql.execute("SELECT node, called FROM entity WHERE paper = ? ORDER BY n", (paper,))
        return [thing_of(node, called) for node, called in rows]

    def add_contribution(self, contribution: Contribution) -> None:
        """Adds what a record says."""
        paper = contribution.paper
        self.write(
            "INSERT INTO said VALUES (?, ?, ?, ?, ?, ?)",
            (
                (node_text(node), paper, _json(said.names), _json(sorted(said.aliases)), bool(said.papers), said.joined)
                for node, said in contribution.said.items()
            ),
        )
        self.write("INSERT INTO stated VALUES (?, ?)", ((edge_text(edge), paper) for edge in contribution.relations))

    def said(self, nodes: Collection[NodeKey]) -> dict[NodeKey, Said]:
        """What all records say of entities."""
        found = {node: Said() for node in nodes}
        query = "SELECT node, paper, names, aliases, mentioned, joined FROM said JOIN :given ON node = value"
        for node, paper, names, aliases, mentioned, joined in self.rows(query, [node_text(n) for n in nodes]):
            said = found[node_key(node)]
            said.names.update(json.loads(names))
            said.aliases.update(json.loads(aliases))
            said.joined |= bool(joined)
            if mentioned:
                said.papers.add(paper)
        return found


# How keys are written in the tables -----------------------------------------------------------------------------------


def name_text(name: Name) -> str:
    """A name as one text."""
    return f"{name.type}\t{name.key}"


def name_of(text: str) -> Name:
    """The inverse of ``name_text``."""
    type_, key = text.split("\t", 1)
    return Name(EntityType(type_), key)


def node_text(node: NodeKey) -> str:
    """A node as one text; texts of one label are in the order of the ids."""
    return "\t".join(node)


def node_key(text: str) -> NodeKey:
    """The inverse of ``node_text``."""
    label, id_ = text.split("\t", 1)
    return label, id_


def thing_of(node: str, called: str) -> Thing:
    """A thing by its node and name."""
    label, id_ = node_key(node)
    return Thing(EntityType(label), id_, called)


def edge_text(edge: EdgeKey) -> str:
    """An edge as one text."""
    return _json(edge)


def edge_key(text: str) -> EdgeKey:
    """The inverse of ``edge_text``."""
    kind, source, target = json.loads(text)
    return kind, cast(NodeKey, tuple(source)), cast(NodeKey, tuple(target))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
