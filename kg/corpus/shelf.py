"""A place on disk for texts that are read before the papers that they belong to."""

from __future__ import annotations

import sqlite3
from functools import cached_property


class Shelf:
    """Texts by key, in a temporary file that ends with the process; nothing is opened before it is needed."""

    @cached_property
    def _sql(self) -> sqlite3.Connection:
        connection = sqlite3.connect("", isolation_level=None)  # no name: a file that SQLite deletes
        connection.execute("CREATE TABLE shelf (key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID")
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    def put(self, key: str, text: str) -> None:
        """Keeps a text; of two under one key the longer one (ties: the first in lexicographic order)."""
        known = self.get(key)
        if known is None or (-len(text), text) < (-len(known), known):
            self._sql.execute("INSERT OR REPLACE INTO shelf VALUES (?, ?)", (key, text))

    def get(self, key: str) -> str | None:
        """The text under a key, if there is one."""
        row = self._sql.execute("SELECT text FROM shelf WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def close(self) -> None:
        """Gives the file back."""
        if "_sql" in self.__dict__:
            self._sql.close()
