"""The SQLite file of a journal: opening it, its schema, its transactions, and SQLite's errors in the user's words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import InputError, KgError

_APPLICATION_ID = 0x6B676A72  # "kgjr": marks the file as a journal
_SCHEMA_VERSION = 2
_BUSY_SECONDS = 60.0

_SCHEMA = """
BEGIN IMMEDIATE;
-- One row for every id that was read. Rows with different ids may be one paper: `whole` is the id it has in the graph,
-- and `digest` (kept on the row of that id) is that of its text.
CREATE TABLE paper (
    id TEXT PRIMARY KEY, whole TEXT NOT NULL, digest TEXT NOT NULL, json TEXT NOT NULL
);
CREATE INDEX paper_whole ON paper (whole, id);
-- The ids that the titles of arXiv papers would give, by which papers without an arXiv id find theirs.
CREATE TABLE alias (title_id TEXT, arxiv_id TEXT, PRIMARY KEY (title_id, arxiv_id)) WITHOUT ROWID;
-- `pipeline` is empty in a record that was given; `digest` is that of the text that the record belongs to.
CREATE TABLE record (
    id TEXT PRIMARY KEY, origin TEXT NOT NULL, pipeline TEXT NOT NULL, digest TEXT NOT NULL, json TEXT NOT NULL
);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('revision', '00000000000000000000000000000000');
"""
_SINCE_2 = """
-- Every id with the number of the last step (a transaction) that changed what is read under it, and the revision that
-- each step led to: what was derived from one revision can be brought to another by looking at what changed since.
CREATE TABLE IF NOT EXISTS change (id TEXT PRIMARY KEY, step INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS change_step ON change (step);
CREATE TABLE IF NOT EXISTS step (number INTEGER PRIMARY KEY, revision TEXT NOT NULL);
INSERT OR IGNORE INTO step SELECT 0, value FROM meta WHERE key = 'revision';
"""


class Database:
    """A connection to the file at ``path``.

    SQLite's rollback journal is used, not its write-ahead log: between transactions the file is all there is, and a
    process that is killed leaves what the next one to open the file rolls back.
    """

    def __init__(self, path: Path, *, create: bool) -> None:
        self.path = path
        if not create and not path.exists():
            raise InputError("there is no such journal", "build the graph first, with kg build", file=path)
        uri = f"{path.resolve().as_uri()}?mode={'rwc' if create else 'rw'}"
        with self.errors():
            self.connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self.connection.close()
                raise

    def _prepare(self) -> None:
        self.connection.execute("PRAGMA journal_mode = DELETE")
        if (
            self._pragma("application_id") == 0
            and not self.connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        ):
            self._script(f"{_SCHEMA}{_SINCE_2} PRAGMA application_id = {_APPLICATION_ID};")
        if self._pragma("application_id") != _APPLICATION_ID:
            raise InputError("this is a database, but no journal of a graph", "name another file", file=self.path)
        version = self._pragma("user_version")
        if version > _SCHEMA_VERSION:
            raise InputError(
                f"it was written by a newer version of this program (format {version}, known is {_SCHEMA_VERSION})",
                "upgrade the program, or build the graph anew under another name",
                file=self.path,
            )
        if version == 1:
            self._script(f"BEGIN IMMEDIATE; {_SINCE_2}")

    def _script(self, statements: str) -> None:
        """Runs what brings the file to the format that this program knows, which ends a transaction; all or nothing."""
        try:
            self.connection.executescript(f"{statements} PRAGMA user_version = {_SCHEMA_VERSION}; COMMIT;")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.rollback()
            raise

    def _pragma(self, name: str) -> int:
        return int(self.connection.execute(f"PRAGMA {name}").fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written within, or none of it."""
        with self.errors():
            self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self.errors():
                self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Errors of SQLite, raised as the project's own."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise KgError(
                    f"{self.path}: another process is writing to this graph; "
                    "wait until it has finished, or name another graph"
                ) from None
            if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise InputError(
                    f"the journal of the graph is damaged ({error})",
                    "delete the graph with its journal and build it again, or bring both back from a copy",
                    file=self.path,
                ) from None
            raise KgError(f"{self.path}: {error}; see that the folder exists, is writable and has room left") from None
