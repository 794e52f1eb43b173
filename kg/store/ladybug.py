"""The graph in an embedded Ladybug database: one file, read in this process."""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import ladybug

from kg.errors import InputError, KgError
from kg.graph.delta import Delta
from kg.graph.graph import Graph
from kg.graph.source import CheckedSource, GraphSource, GraphView
from kg.store.base import Closing, OutdatedStoreError, Rows, check_graph, count_graph, read_graph
from kg.store.cypher import check_parameters, check_reads_only
from kg.store.ladybug_change import change
from kg.store.ladybug_schema import schema_version
from kg.store.limited import Limits, check_harmless
from kg.store.seal import check_seal, sealed_checksum

__all__ = ["LadybugStore", "schema_version"]

_QUERY_ERROR = re.compile(
    r"^(?:Parser|Binder|Catalog|Conversion|Overflow|Function) exception|^Parameter |Assertion failed"
)
_STORAGE_VERSION = re.compile(r"different version|version: \d+", re.IGNORECASE)
_BUFFERS = 1 << 30
"""Bytes of pages that a reader keeps; by default they would be most of the machine's memory."""
_STATEMENTS = 32
"""Prepared statements that a connection may hold: each takes some 4 MiB of those pages until the connection closes."""


class LadybugStore(Closing):
    """The graph in the file at ``path``.

    The file is only ever written whole: ``write`` makes a new one beside it and puts it in its place in one step. So
    any number of processes may read while one writes; each goes on reading the graph that it opened. If two write at
    once, the last one's graph stands.

    Args:
        path: the database file. Where there is none, an empty graph is written.
        read_only: refuse to write, and raise where there is no file.

    Raises:
        InputError: no file to read, or a folder that cannot be written.
        CorruptStoreError: the file is no graph of this tool, or damaged.
        OutdatedStoreError: another version of this tool or of Ladybug wrote it.
    """

    def __init__(self, path: str | Path, read_only: bool = False) -> None:
        self.path = Path(path)
        self.read_only = read_only
        self._lock = threading.Lock()
        self._database: ladybug.Database | None = None
        self._connection: ladybug.Connection | None = None
        self._prepared: set[str] = set()
        self._generation, self._checksum = "", ""
        if not self.path.exists():
            if read_only:
                raise InputError("there is no graph", "build one with: kg build INPUT... --graph PATH", file=self.path)
            self._replace(GraphView(Graph()))
        self._open()

    def __repr__(self) -> str:
        return f"LadybugStore({str(self.path)!r}, read_only={self.read_only})"

    def run(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """See ``Store.run``."""
        check_reads_only(cypher)
        check_parameters(cypher, parameters or {})
        return self._run(cypher, parameters)

    def generation(self) -> str:
        """See ``Store.generation``; of the file that was opened, which is not another's that took its place since."""
        return self._generation

    def file(self) -> tuple[Path, str] | None:
        """See ``Store.file``."""
        return (self.path, self._checksum) if self._checksum and self._checksum == sealed_checksum(self.path) else None

    def is_replaced(self) -> bool:
        """Whether another graph has taken the place of the one that was opened; a new store reads that one."""
        return file_generation(self.path) not in (self._generation, "")

    def run_limited(self, cypher: str, limits: Limits) -> Rows:
        """See ``Store.run_limited``; it has a connection and memory of its own, so that no other query waits for it."""
        check_harmless(cypher)
        with (
            self._clear_errors(limits),
            closing(ladybug.Database(str(self.path), read_only=True, buffer_pool_size=limits.memory)) as database,
            closing(ladybug.Connection(database)) as connection,
        ):
            connection.set_query_timeout(round(1000 * limits.seconds))
            return _rows(connection.execute(cypher), limits.rows + 1)

    def counts(self) -> dict[str, dict[str, int]]:
        """See ``Store.counts``."""
        return count_graph(self._run)

    def read_graph(self) -> Graph:
        """See ``Store.read_graph``."""
        return read_graph(self._run)

    def write(self, graph: Graph | GraphSource) -> None:
        """Replaces the file by one that holds ``graph``; until that step, and if anything fails, the old one stands.

        Args:
            graph: a graph in memory, or a source of its nodes and edges, of which only some are in memory at a time.

        Raises:
            KgError: opened read-only, the graph breaks the schema, or the disk refuses.
        """
        if self.read_only:
            raise KgError(f"{self.path}: the graph was opened for reading only; open it for writing")
        if isinstance(graph, Graph):
            check_graph(graph)
            graph = GraphView(graph)
        self._replace(CheckedSource(graph))
        self.close()
        self._open(checked=True)

    def change(self, delta: Delta) -> None:
        """Replaces the file by a copy in which only the rows of ``delta`` are written; the old one stands until then.

        Raises:
            KgError: opened read-only, ``delta`` does not fit to what is stored, or the disk refuses.
        """
        if self.read_only:
            raise KgError(f"{self.path}: the graph was opened for reading only; open it for writing")
        with self._making() as made:
            change(self.path, made, delta)
        self.close()
        self._open(checked=True)

    def close(self) -> None:
        """See ``Store.close``."""
        with self._lock:
            for opened in (self._connection, self._database):
                if opened is not None:
                    opened.close()
            self._connection = self._database = None
            self._prepared.clear()

    # -- reading ------------------------------------------------------------------------------------------------------

    def _open(self, *, checked: bool = False) -> None:
        if not checked and check_seal(self.path) != schema_version():
            problem = "the graph was written by a version of this tool with another schema"
            raise OutdatedStoreError(problem, "build it again: kg build", file=self.path)
        # Taken before opening: if the file is replaced in between, these are the older's, and the next look finds out.
        self._generation, self._checksum = file_generation(self.path), sealed_checksum(self.path) or ""
        try:
            self._database = ladybug.Database(str(self.path), read_only=True, buffer_pool_size=_BUFFERS)
            self._connection = _connection(self._database)
        except RuntimeError as error:
            self.close()
            raise self._open_error(str(error)) from error

    def _open_error(self, message: str) -> KgError:
        message = message.splitlines()[0] if message else "unknown"
        if _STORAGE_VERSION.search(message):
            problem = "the graph was written by another version of Ladybug"
            return OutdatedStoreError(problem, "build it again with this version: kg build", file=self.path)
        return KgError(f"{self.path}: the graph cannot be opened: {message}")

    def _run(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        with self._lock:
            if self._connection is None or self._database is None:
                raise KgError(f"{self.path}: the graph is closed; open it again")
            with self._clear_errors():
                if cypher not in self._prepared and len(self._prepared) >= _STATEMENTS:
                    self._connection.close()
                    self._connection = _connection(self._database)
                    self._prepared.clear()
                self._prepared.add(cypher)
                return _rows(self._connection.execute(cypher, dict(parameters or {})))

    @contextmanager
    def _clear_errors(self, limits: Limits | None = None) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            message = str(error).strip()
            if limits and message.startswith("Interrupted"):
                raise limits.too_slow() from error
            if limits and "buffer pool is full" in message:
                raise limits.too_large() from error
            if _QUERY_ERROR.search(message):
                raise InputError(f"the query is wrong: {message}", "correct it; see docs/queries.md") from error
            raise KgError(f"{self.path}: the query failed: {message}") from error

    # -- writing ------------------------------------------------------------------------------------------------------

    def _replace(self, graph: GraphSource) -> None:
        # Only writing a whole graph needs pyarrow, which takes long to load.
        from kg.store.ladybug_copy import create

        with self._making() as made:
            create(made, graph)

    @contextmanager
    def _making(self) -> Iterator[Path]:
        """A path for a new file, which takes the place of the old one if nothing fails."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(
                prefix=f".{self.path.name}.", suffix=".tmp", dir=self.path.parent
            ) as folder:
                made = Path(folder) / "graph.lbug"
                yield made
                made.replace(self.path)
        except OSError as error:
            problem = f"the graph cannot be written ({error.strerror or error})"
            raise InputError(problem, "name a file in a folder that can be written", file=self.path) from error
        except RuntimeError as error:
            raise KgError(f"{self.path}: the graph cannot be written: {error}") from error


def file_generation(path: Path) -> str:
    """A mark of the file that lies at ``path`` now; files are replaced, never changed. Empty where there is none."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return ""
    return f"{state.st_dev}:{state.st_ino}:{state.st_mtime_ns}"


def _connection(database: ladybug.Database) -> ladybug.Connection:
    """A connection for queries of few rows, which several threads would only make slower."""
    return ladybug.Connection(database, num_threads=1)


def _rows(result: Any, limit: int | None = None) -> Rows:
    if isinstance(result, list):
        raise InputError("the text holds more than one query", "run one at a time")
    return Rows(result.get_column_names(), [[_plain(value) for value in row] for row in islice(result, limit)])


def _plain(value: Any) -> Any:
    """A value as ``Rows`` promises it."""
    if isinstance(value, dict):
        if "_LABEL" in value:
            kind = "type" if "_SRC" in value else "label"
            known = {name: _plain(v) for name, v in value.items() if not name.startswith("_") and v is not None}
            return {kind: value["_LABEL"], **known}
        if "_NODES" in value:
            return {"nodes": _plain(value["_NODES"]), "edges": _plain(value["_RELS"])}
        return {name: _plain(v) for name, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value
