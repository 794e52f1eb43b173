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


def create(path: Path, source: GraphSource) -> None:
    """Makes a complete, sealed database at ``path``; of the graph only some rows are in memory at a time.

    Raises:
        KgError: the graph breaks the schema.
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
        file = path.parent / "rows.parquet"
        for table, options in _tables(source, file):
            connection.execute(f"COPY `{table}` FROM '{_quoted(file)}'{options}")
            file.unlink()
        connection.execute("CHECKPOINT")
    seal(path, schema_version())


def _tables(source: GraphSource, file: Path) -> Iterator[tuple[str, str]]:
    """Writes each table that has rows to ``file``, and gives its name in the database and the options of COPY."""
    for label, nodes in groupby(source.iter_nodes(), itemgetter(0)):
        _write(file, (properties for _, properties in nodes), NODE_LABELS[label].properties)
        yield label, ""
    for (kind, start, end), edges in groupby(source.iter_edges(), lambda edge: (edge[0], edge[1][0], edge[2][0])):
        rows = ({"from": one[1], "to": other[1], **properties} for _, one, other, properties in edges)
        _write(file, rows, _ENDS | dict(EDGE_TYPES[kind].properties))
        yield kind, f" (from='{start}', to='{end}')"


def _write(file: Path, rows: Iterator[Mapping[str, Any]], properties: Mapping[str, PropertyType]) -> None:
    schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in properties.items()])
    with pq.ParquetWriter(file, schema) as writer:
        for batch in batches(rows, _ROWS):
            writer.write_batch(pa.RecordBatch.from_pylist(batch, schema))


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace("'", "\\'")
