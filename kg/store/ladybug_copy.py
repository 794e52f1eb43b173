"""A new embedded database, filled by bulk copies from Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kg.arrow import ARROW_TYPES
from kg.graph.graph import Graph
from kg.schema import NODE_LABELS, PropertyType
from kg.store.base import edge_groups
from kg.store.ladybug_change import writing
from kg.store.ladybug_schema import ddl, schema_version
from kg.store.seal import seal


def create(path: Path, graph: Graph) -> None:
    """Makes a complete, sealed database at ``path``.

    Raises:
        RuntimeError: the database failed.
        OSError: the disk did.
    """
    with writing(path) as connection:
        # One checkpoint at the end: by default every COPY ends with one of the whole file. The copies are not one
        # transaction, whose commit would take ten times as long as themselves; a file that is cut off is never used.
        connection.execute("BEGIN TRANSACTION")
        for statement in ddl():
            connection.execute(statement)
        connection.execute("COMMIT")
        for source, table, options in _tables(graph):
            file = path.parent / "rows.parquet"
            pq.write_table(source, file)
            connection.execute(f"COPY `{table}` FROM '{_quoted(file)}'{options}")
            file.unlink()
        connection.execute("CHECKPOINT")
    seal(path, schema_version())


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
        {name: pa.array([row.get(name) for row in rows], ARROW_TYPES[kind]) for name, kind in properties.items()}
    )


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace("'", "\\'")
