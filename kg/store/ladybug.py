"""The graph in an embedded Ladybug database: one file, read in this process."""

from __future__ import annotations

import hashlib
import re
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import ladybug
import pyarrow as pa
import pyarrow.parquet as pq

from kg.errors import InputError, KgError
from kg.graph.graph import Graph
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType
from kg.store.base import (
    Closing,
    OutdatedStoreError,
    Rows,
    check_graph,
    count_graph,
    edge_groups,
    read_graph,
)
from kg.store.cypher import check_parameters, check_reads_only
from kg.store.seal import check_seal, seal

_TYPES: Mapping[PropertyType, tuple[str, pa.DataType]] = {
    "string": ("STRING", pa.string()),
    "float": ("DOUBLE", pa.float64()),
    "int": ("INT64", pa.int64()),
    "bool": ("BOOL", pa.bool_()),
    "strings": ("STRING[]", pa.list_(pa.string())),
    "ints": ("INT64[]", pa.list_(pa.int64())),
}
_MACROS = ("CREATE MACRO type(edge) AS label(edge)",)
"""Functions of Neo4j's Cypher that Ladybug lacks and that the named queries use."""

_QUERY_ERROR = re.compile(
    r"^(?:Parser|Binder|Catalog|Conversion|Overflow|Function) exception|^Parameter |Assertion failed"
)
_STORAGE_VERSION = re.compile(r"different version|version: \d+", re.IGNORECASE)


def ddl() -> list[str]:
    """The statements that declare the tables of the schema."""
    statements = []
    for label in NODE_LABELS.values():
        columns = _declare(label.properties)
        statements.append(f"CREATE NODE TABLE `{label.name}`({', '.join(columns)}, PRIMARY KEY(`id`))")
    for edge in EDGE_TYPES.values():
        pairs = [f"FROM `{source}` TO `{target}`" for source, target in edge.pairs]
        statements.append(f"CREATE REL TABLE `{edge.name}`({', '.join([*pairs, *_declare(edge.properties)])})")
    return [*statements, *_MACROS]


def schema_version() -> str:
    """A text that changes whenever the tables do."""
    return hashlib.sha256("\n".join(ddl()).encode()).hexdigest()[:12]


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
        if not self.path.exists():
            if read_only:
                raise InputError("there is no graph", "build one with: kg build INPUT... --graph PATH", file=self.path)
            self._replace(Graph())
        self._open()

    def __repr__(self) -> str:
        return f"LadybugStore({str(self.path)!r}, read_only={self.read_only})"

    def run(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """See ``Store.run``."""
        check_reads_only(cypher)
        check_parameters(cypher, parameters or {})
        return self._run(cypher, parameters)

    def counts(self) -> dict[str, dict[str, int]]:
        """See ``Store.counts``."""
        return count_graph(self._run)

    def read_graph(self) -> Graph:
        """See ``Store.read_graph``."""
        return read_graph(self._run)

    def write(self, graph: Graph) -> None:
        """Replaces the file by one that holds ``graph``; until that step, and if anything fails, the old one stands.

        Raises:
            KgError: opened read-only, the graph breaks the schema, or the disk refuses.
        """
        if self.read_only:
            raise KgError(f"{self.path}: the graph was opened for reading only; open it for writing")
        check_graph(graph)
        self._replace(graph)
        self.close()
        self._open()

    def close(self) -> None:
        """See ``Store.close``."""
        with self._lock:
            for opened in (self._connection, self._database):
                if opened is not None:
                    opened.close()
            self._connection = self._database = None

    # -- reading ------------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        if check_seal(self.path) != schema_version():
            problem = "the graph was written by a version of this tool with another schema"
            raise OutdatedStoreError(problem, "build it again: kg build", file=self.path)
        try:
            self._database = ladybug.Database(str(self.path), read_only=True)
            self._connection = ladybug.Connection(self._database)
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
            if self._connection is None:
                raise KgError(f"{self.path}: the graph is closed; open it again")
            try:
                result = self._connection.execute(cypher, dict(parameters or {}))
                if isinstance(result, list):
                    raise InputError("the text holds more than one query", "run one at a time")
                rows = [[_plain(value) for value in row] for row in result]
                return Rows(result.get_column_names(), rows)
            except RuntimeError as error:
                message = str(error).strip()
                if _QUERY_ERROR.search(message):
                    raise InputError(f"the query is wrong: {message}", "correct it; see docs/queries.md") from error
                raise KgError(f"{self.path}: the query failed: {message}") from error

    # -- writing ------------------------------------------------------------------------------------------------------

    def _replace(self, graph: Graph) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(
                prefix=f".{self.path.name}.", suffix=".tmp", dir=self.path.parent
            ) as folder:
                made = Path(folder) / "graph.lbug"
                _create(made, graph)
                made.replace(self.path)
        except OSError as error:
            problem = f"the graph cannot be written ({error.strerror or error})"
            raise InputError(problem, "name a file in a folder that can be written", file=self.path) from error
        except RuntimeError as error:
            raise KgError(f"{self.path}: the graph cannot be written: {error}") from error


def _create(path: Path, graph: Graph) -> None:
    """A complete database at ``path``, filled by bulk copies from Parquet files."""
    with _database(path) as connection:
        # One transaction and one checkpoint: by default every COPY ends with a checkpoint of the whole file.
        connection.execute("BEGIN TRANSACTION")
        for statement in ddl():
            connection.execute(statement)
        for source, table, options in _tables(graph):
            file = path.parent / "rows.parquet"
            pq.write_table(source, file)
            connection.execute(f"COPY `{table}` FROM '{_quoted(file)}'{options}")
            file.unlink()
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT")
    seal(path, schema_version())


@contextmanager
def _database(path: Path) -> Iterator[ladybug.Connection]:
    database = ladybug.Database(str(path), auto_checkpoint=False)
    try:
        connection = ladybug.Connection(database)
        try:
            yield connection
        finally:
            connection.close()
    finally:
        with suppress(RuntimeError):
            database.close()


def _tables(graph: Graph) -> Iterator[tuple[pa.Table, str, str]]:
    """Each table that has rows: the rows, the name in the database and the options of COPY; all in sorted order."""
    nodes: dict[str, list[dict[str, Any]]] = {}
    for label, identifier in sorted(graph.nodes):
        nodes.setdefault(label, []).append(graph.nodes[label, identifier])
    for name, rows in nodes.items():
        yield _arrow(rows, NODE_LABELS[name].properties), name, ""
    edges: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for key in sorted(graph.edges):
        kind, source, target = key
        row = {"from": source[1], "to": target[1], **graph.edges[key]}
        edges.setdefault((kind, source[0], target[0]), []).append(row)
    for edge, source_label, target_label in edge_groups():
        if joined := edges.get((edge.name, source_label, target_label)):
            ends: dict[str, PropertyType] = {"from": "string", "to": "string"}
            yield (
                _arrow(joined, ends | dict(edge.properties)),
                edge.name,
                f" (from='{source_label}', to='{target_label}')",
            )


def _arrow(rows: list[dict[str, Any]], properties: Mapping[str, PropertyType]) -> pa.Table:
    return pa.table(
        {name: pa.array([row.get(name) for row in rows], _TYPES[kind][1]) for name, kind in properties.items()}
    )


def _declare(properties: Mapping[str, PropertyType]) -> list[str]:
    return [f"`{name}` {_TYPES[kind][0]}" for name, kind in properties.items()]


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace("'", "\\'")


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
