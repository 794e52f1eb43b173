"""Parquet: one file a node label in ``nodes/``, one an edge type in ``edges/``; lists stay lists.

Every label and every type has a file, with the columns that the schema says, even where it has no row. A table of
edges begins with ``from_label``, ``from_id``, ``to_label``, ``to_id``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.export.csvpair import EDGE_ENDS
from kg.export.registry import Format
from kg.export.source import GraphSource
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType

if TYPE_CHECKING:
    pass

_ROWS = 10_000


def write(source: GraphSource, path: Path) -> None:
    """Writes the tables into the folder."""
    nodes = {name: dict(label.properties) for name, label in NODE_LABELS.items()}
    ends: dict[str, PropertyType] = dict.fromkeys(EDGE_ENDS, "string")
    edges = {name: ends | dict(kind.properties) for name, kind in EDGE_TYPES.items()}
    _write(path / "nodes", nodes, source.iter_nodes())
    rows = (
        (name, {**dict(zip(EDGE_ENDS, (*start, *end), strict=True)), **properties})
        for name, start, end, properties in source.iter_edges()
    )
    _write(path / "edges", edges, rows)


def _write(
    folder: Path, tables: Mapping[str, dict[str, PropertyType]], rows: Iterator[tuple[str, Mapping[str, Any]]]
) -> None:
    # Imported here since it is slow to import and no other format needs it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    from kg.arrow import ARROW_TYPES

    folder.mkdir()
    schemas = {
        name: pa.schema([(n, ARROW_TYPES[kind]) for n, kind in columns.items()]) for name, columns in tables.items()
    }
    for name, group in groupby(rows, itemgetter(0)):
        with pq.ParquetWriter(folder / f"{name}.parquet", schemas[name], compression="zstd") as writer:
            batch: list[Mapping[str, Any]] = []
            for _, values in group:
                batch.append(values)
                if len(batch) == _ROWS:
                    writer.write_batch(pa.RecordBatch.from_pylist(batch, schemas[name]))
                    batch.clear()
            writer.write_batch(pa.RecordBatch.from_pylist(batch, schemas[name]))
    for name, schema in schemas.items():
        if not (folder / f"{name}.parquet").exists():
            pq.write_table(schema.empty_table(), folder / f"{name}.parquet", compression="zstd")


FORMAT = Format("parquet", (".parquet",), write, folder=("nodes/*.parquet", "edges/*.parquet"))
