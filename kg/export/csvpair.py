"""A pair of CSV tables, nodes.csv and edges.csv, in a folder or in a zip; lists as JSON arrays.

``nodes.csv`` has the columns ``label``, ``id`` and every property of every label; ``edges.csv`` has ``type``,
``from_label``, ``from_id``, ``to_label``, ``to_id`` and every property of every type. What a row has no value for is
empty.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from kg.export.columns import edge_columns, node_columns
from kg.export.csvtext import row
from kg.export.registry import Format
from kg.export.source import GraphSource

EDGE_ENDS = ("from_label", "from_id", "to_label", "to_id")
"""The columns of a table of edges that say what an edge joins."""


def write_folder(source: GraphSource, path: Path) -> None:
    """Writes the two tables into a folder."""
    _write(source, lambda name: (path / name).open("wb"))


def write_zip(source: GraphSource, path: Path) -> None:
    """Writes the two tables into a zip file, with a fixed date so that the same graph gives the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:

        def member(name: str) -> AbstractContextManager[BinaryIO]:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            return archive.open(info, "w", force_zip64=True)  # type: ignore[return-value]

        _write(source, member)


def _write(source: GraphSource, opened: Callable[[str], AbstractContextManager[BinaryIO]]) -> None:
    nodes = {name: kind for name, kind in node_columns().items() if name != "id"}
    with opened("nodes.csv") as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as stream:
        stream.write(",".join(("label", "id", *nodes)) + "\n")
        for label, properties in source.iter_nodes():
            stream.write(row((label, str(properties["id"])), properties, nodes))
    edges = edge_columns()
    with opened("edges.csv") as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as stream:
        stream.write(",".join(("type", *EDGE_ENDS, *edges)) + "\n")
        for name, start, end, properties in source.iter_edges():
            stream.write(row((name, *start, *end), properties, edges))


FORMAT = Format("csv", (".csv",), write_folder, folder=("nodes.csv", "edges.csv"))
ZIPPED = Format("csv-zip", (".csv.zip", ".zip"), write_zip)
