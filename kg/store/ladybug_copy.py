"""A new embedded database, filled by bulk copies from Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kg.arrow import ARROW_TYPES
from kg.batches import batches
from kg.graph.source import GraphSource
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType
from kg.store.ladybug_change import writing
from kg.store.ladybug_schema import ddl, schema_version
from kg.store.seal import seal

_ENDS: dict[str, PropertyType] = {"from": "string", "to": "string"}
_ROWS = 5_000
_NODES, _EDGES = 16 << 20, 450 << 20
"""Bytes of rows of nodes, or of edges, that one COPY brings in. It holds them in the database's buffers, nodes several
times over. A further COPY into a table of edges is slow: it writes anew what is there, with all the edges of 130,000
nodes at a time."""
_UNWRITTEN = 100 << 20
"""Bytes of rows after which the file is brought up to date, which gives their buffers back."""


def create(path: Path, source: GraphSource) -> None:
    """Makes a complete, sealed database at ``path``; of the graph only some rows are in memory at a time.

    Raises:
        KgError: the graph breaks the schema.
        RuntimeError: the database failed.
        OSError: the disk did.
    """
    with writing(path) as connection:
        # By default every COPY ends with a checkpoint of the whole file. The copies are not one transaction, whose
        # commit would take ten times as long as themselves; a file that is cut off is never used.
        connection.execute("BEGIN TRANSACTION")
        for statement in ddl():
            connection.execute(statement)
        connection.execute("COMMIT")
        file = path.parent / "rows.parquet"
        unwritten = 0
        for table, options, size in _parts(source, file):
            connection.execute(f"COPY `{table}` FROM '{_quoted(file)}'{options}")
            file.unlink()
            unwritten += size
            if unwritten > _UNWRITTEN:
                connection.execute("CHECKPOINT")
                unwritten = 0
        connection.execute("CHECKPOINT")
    seal(path, schema_version())


def _parts(source: GraphSource, file: Path) -> Iterator[tuple[str, str, int]]:
    """Writes parts of tables to ``file``; gives the table's name in the database, the options of COPY, and bytes."""
    for label, nodes in groupby(source.iter_nodes(), itemgetter(0)):
        rows = (properties for _, properties in nodes)
        for size in _write(file, rows, NODE_LABELS[label].properties, _NODES):
            yield label, "", size
    for (kind, start, end), edges in groupby(source.iter_edges(), lambda edge: (edge[0], edge[1][0], edge[2][0])):
        rows = ({"from": one[1], "to": other[1], **properties} for _, one, other, properties in edges)
        for size in _write(file, rows, _ENDS | dict(EDGE_TYPES[kind].properties), _EDGES):
            yield kind, f" (from='{start}', to='{end}')", size


def _write(
    file: Path, rows: Iterator[Mapping[str, Any]], properties: Mapping[str, PropertyType], most: int
) -> Iterator[int]:
    """Writes rows of about ``most`` bytes, gives their bytes, and goes on with the next ones."""
    schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in properties.items()])
    made = (pa.RecordBatch.from_pylist(batch, schema) for batch in batches(rows, _ROWS))
    for first in made:
        size = first.nbytes
        with pq.ParquetWriter(file, schema) as writer:
            writer.write_batch(first)
            while size < most and (batch := next(made, None)) is not None:
                writer.write_batch(batch)
                size += batch.nbytes
        yield size


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace("'", "\\'")
