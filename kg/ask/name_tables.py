"""The names of a graph in tables of SQLite: read once from the graph, then looked up on disk.

A graph of a hundred thousand papers has a million spellings, which take long to read and much memory to hold. The
tables lie beside the graph's file (``.names``) and say which graph they are of; where there is no such file, or no
place to write one, they are in memory.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from kg.ask.text import family_tokens, normal_form, tokens_of
from kg.batches import batches
from kg.schema import EDGE_TYPES, EntityType
from kg.store.base import Store

Row = tuple[str, str, str, Sequence[str], int]
"""Label, id, name, aliases and number of papers of a node that can be named."""
Family = tuple[str, str, str, str]
"""Label and id of a family, label and id of a member."""

BORDER = "\x1f"
"""Stands before, between and after the parts of a name."""
SHORTENED = range(2, 5)
"""How many words a name may have that is found with its words cut short."""
CUT = 3
"""The fewest letters that are left of such a word."""

_VERSION = 1
_LONGEST = 300
"""Characters of a surface that is kept."""
_LONGEST_KEY = 80
"""Characters of a key that is found with a letter wrong."""
_CACHE = 32
"""MiB of pages that a connection keeps."""

_TABLES = """
CREATE TABLE made (version INTEGER, graph TEXT);
CREATE TABLE entries (entry INTEGER PRIMARY KEY, label TEXT, id TEXT, name TEXT, papers INTEGER, parts TEXT, cut TEXT);
CREATE TABLE keys (key TEXT, rank INTEGER, entry INTEGER, length INTEGER, reversed TEXT);
CREATE TABLE words (word TEXT, entry INTEGER, PRIMARY KEY (word, entry)) WITHOUT ROWID;
CREATE TABLE members (family INTEGER, member INTEGER, PRIMARY KEY (family, member)) WITHOUT ROWID;
CREATE TABLE spellings (spelling INTEGER PRIMARY KEY, folded TEXT, surface TEXT, label TEXT, papers INTEGER,
                        own INTEGER, entry INTEGER);
CREATE VIRTUAL TABLE grams USING fts5(folded, content='', tokenize='trigram', detail=none, columnsize=0);
"""
_INDEXES = """
CREATE INDEX entries_by_id ON entries (label, id);
CREATE INDEX entries_by_name ON entries (label, name);
CREATE INDEX entries_by_papers ON entries (label, papers DESC, name);
CREATE INDEX entries_by_parts ON entries (parts) WHERE parts IS NOT NULL;
CREATE INDEX entries_by_cut ON entries (cut) WHERE cut IS NOT NULL;
CREATE INDEX keys_by_key ON keys (key);
CREATE INDEX keys_by_beginning ON keys (length, key) WHERE length IS NOT NULL;
CREATE INDEX keys_by_end ON keys (length, reversed) WHERE length IS NOT NULL;
CREATE INDEX spellings_by_beginning ON spellings (folded, papers, entry);
CREATE VIRTUAL TABLE grams_used USING fts5vocab(grams, row);
"""


class NameTables:
    """Tables that are open; any thread may read them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection, self._lock = connection, threading.Lock()

    @classmethod
    def of(cls, store: Store) -> NameTables:
        """The tables of the graph in a store, made where they are not there yet."""
        lies = store.file()
        if lies and (found := cls._beside(store, *lies)):
            return found
        return cls.build(_names(store), _families(store))

    @classmethod
    def _beside(cls, store: Store, file: Path, checksum: str) -> NameTables | None:
        """The tables in the file beside a graph's, made where it has none; None where nothing can be written."""
        path = Path(f"{file}.names")
        if found := _opened(path, checksum):
            return found
        with contextlib.suppress(OSError, sqlite3.OperationalError):
            with tempfile.TemporaryDirectory(prefix=f".{file.name}.", suffix=".tmp", dir=file.parent) as folder:
                draft = Path(folder) / "names"
                cls.build(_names(store), _families(store), draft, checksum).close()
                draft.replace(path)
            return _opened(path, checksum)
        return None

    @classmethod
    def build(
        cls, rows: Iterable[Row], families: Iterable[Family] = (), path: Path | None = None, graph: str = ""
    ) -> NameTables:
        """Makes tables.

        Args:
            rows: the nodes that can be named.
            families: which node is a variant of which.
            path: a file that is not there yet; without one they are in memory.
            graph: the checksum of the graph that they are of.
        """
        connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        connection.execute("INSERT INTO made VALUES (?, ?)", (_VERSION, graph))
        numbered = ((number, *row) for number, row in enumerate(rows, 1))
        for batch in batches(numbered, 10_000):
            _insert(connection, batch)
        connection.executescript(_INDEXES)  # which commits first
        connection.execute("BEGIN")
        for family in families:
            connection.execute(
                "INSERT OR IGNORE INTO members SELECT f.entry, m.entry FROM entries f, entries m "
                "WHERE f.label = ? AND f.id = ? AND m.label = ? AND m.id = ?",
                family,
            )
        connection.execute("COMMIT")
        return cls(connection)

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query; half a character of UTF-16, which no table holds, is a question mark in a parameter."""
        given = [p.encode(errors="replace").decode() if isinstance(p, str) else p for p in parameters]
        with self._lock:
            return self._connection.execute(query, given).fetchall()

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()


def _opened(path: Path, graph: str) -> NameTables | None:
    """The tables in a file; None if there are none, or of another graph or version."""
    if not path.is_file():
        return None
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    try:
        if connection.execute("SELECT version, graph FROM made").fetchall() != [(_VERSION, graph)]:
            connection.close()
            return None
        connection.execute(f"PRAGMA cache_size = {-1024 * _CACHE}")
    except sqlite3.DatabaseError:
        connection.close()
        return None
    return NameTables(connection)


def _insert(connection: sqlite3.Connection, batch: Sequence[tuple[int, str, str, str, Sequence[str], int]]) -> None:
    entries, keys, words, spellings = [], [], [], []
    for entry, label, identifier, name, aliases, papers in batch:
        parts = family_tokens(name) if label != "Paper" and len(name) <= _LONGEST else ()
        cut = joined(part[:CUT] for part in parts) if len(parts) in SHORTENED else None
        entries.append((entry, label, identifier, name, papers, joined(parts) if parts else None, cut))
        words += [(word, entry) for word in sorted(set(parts))]
        seen: set[str] = set()
        for surface in dict.fromkeys((name, *aliases)):
            spellings.append((fold(surface), surface, label, papers, int(surface == name), entry))
            tokens = tokens_of(surface) if len(surface) <= _LONGEST else []
            if not tokens or (key := normal_form(tokens)) in seen:
                continue
            seen.add(key)
            size = len(key) if len(key) <= _LONGEST_KEY else None
            keys.append((key, int(surface != name), entry, size, key[::-1] if size else None))
    connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", entries)
    connection.executemany("INSERT INTO keys VALUES (?, ?, ?, ?, ?)", keys)
    connection.executemany("INSERT INTO words VALUES (?, ?)", words)
    first = connection.execute("SELECT coalesce(max(spelling), 0) + 1 FROM spellings").fetchone()[0]
    connection.executemany(
        "INSERT INTO spellings (folded, surface, label, papers, own, entry) VALUES (?, ?, ?, ?, ?, ?)", spellings
    )
    connection.executemany(
        "INSERT INTO grams (rowid, folded) VALUES (?, ?)",
        ((first + at, spelling[0]) for at, spelling in enumerate(spellings)),
    )


def joined(parts: Iterable[str]) -> str:
    """The parts of a name as one text, in which whole parts can be looked for."""
    return f"{BORDER}{BORDER.join(parts)}{BORDER}"


def fold(text: str) -> str:
    """A spelling without case and without further blanks; what ends a text in a query is a blank, too."""
    return " ".join(text.casefold().replace("\0", " ").split())


def after(begin: str) -> str:
    """What sorts after all texts that begin so."""
    return f"{begin}\U0010ffff"


def _names(store: Store) -> Iterator[Row]:
    for label in EntityType:
        for identifier, name, aliases, papers in store.run(
            f"MATCH (n:{label}) RETURN n.id, n.name, n.aliases, n.papers"
        ).rows:
            yield str(label), identifier, name, aliases or (), papers or 0
    for identifier, title in store.run("MATCH (n:Paper) RETURN n.id, n.title").rows:
        yield "Paper", identifier, title, (), 1


def _families(store: Store) -> Iterator[Family]:
    for source, target in EDGE_TYPES["VARIANT_OF"].pairs:
        query = f"MATCH (a:{source})-[:VARIANT_OF]->(b:{target}) RETURN b.id, a.id"
        for family, member in store.run(query).rows:
            yield target, family, source, member
