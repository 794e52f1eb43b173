"""What a graph on the cluster becomes: Parquet, files of Neo4j's bulk import, or a load through Neo4j's connector."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from kg.errors import InputError
from kg.export import format_of, neo4j_admin, parquet
from kg.export.csvpair import EDGE_ENDS
from kg.schema import EDGE_TYPES, NODE_LABELS
from kg.spark.facts import table
from kg.spark.files import Files, address
from kg.spark.neo4j import Neo4jTarget
from kg.spark.rows import Row, mapped

__all__ = ["FolderTarget", "Neo4jTarget", "Target", "target_of"]

_AT_ONCE = 4
"""Tables that are written at once; each alone may be too small for the whole cluster."""
_LINES = pa.schema([("line", pa.string()), ("file", pa.string())])
_FORMATS = (parquet.FORMAT.name, neo4j_admin.FORMAT.name)


class Target(Protocol):
    """Where a graph goes."""

    def check(self, files: Files) -> None:
        """Looks whether it can go there, before the work begins.

        Raises:
            InputError: it cannot.
        """

    def write(self, rows: DataFrame, files: Files) -> None:
        """Writes the graph, given as ``kg.spark.facts.FACTS``."""


def target_of(output: str, format: str | None = None) -> FolderTarget:
    """The folder ``output``, in the format of this name or of its suffix.

    Raises:
        InputError: the format is unknown, or Spark does not write it.
    """
    chosen = format_of(Path(output), format)
    if chosen.name not in _FORMATS:
        cure = f"write {' or '.join(_FORMATS)}; kg export makes every other format of a graph in a file"
        raise InputError(f"the engine spark does not write {chosen.name}", cure)
    return FolderTarget(address(output), chosen.name)


@dataclass(frozen=True)
class FolderTarget:
    """A folder of files, which takes the place of an earlier one when all of it is there."""

    at: str
    format: str

    def check(self, files: Files) -> None:
        """See ``Target``."""
        foreign = [name for name in files.names(self.at) if name not in ("nodes", "edges", "import.sh")]
        if foreign:
            raise InputError(
                f"the folder holds {foreign[0]}, which no export in {self.format} wrote",
                "write to a new folder or remove that file",
                file=self.at,
            )

    def write(self, rows: DataFrame, files: Files) -> None:
        """See ``Target``."""
        draft = f"{self.at}.draft"
        files.delete(draft)
        _WRITERS[self.format](rows, draft, files)
        files.delete(self.at)
        files.rename(draft, self.at)


def _write_parquet(rows: DataFrame, folder: str, files: Files) -> None:
    """A folder of Parquet files for each table, with the columns that ``kg export`` writes."""

    def write_nodes(label: str) -> None:
        table(rows, label).sortWithinPartitions("id").write.parquet(f"{folder}/nodes/{label}.parquet")

    def write_edges(kind: str) -> None:
        order = ("from_label", "to_label", "from_id", "to_id")
        table(rows, kind, EDGE_ENDS).sortWithinPartitions(*order).write.parquet(f"{folder}/edges/{kind}.parquet")

    _at_once(
        [
            *((write_nodes, label) for label in NODE_LABELS),
            *((write_edges, kind) for kind in EDGE_TYPES),
        ]
    )


def _write_neo4j_admin(rows: DataFrame, folder: str, files: Files) -> None:
    """The files of ``kg export``, each table in parts: ``nodes/Paper/part-…`` beside ``nodes/Paper-header.csv``."""
    options: list[str] = []
    for kind, is_node in (("nodes", f.col("to_label").isNull()), ("edges", f.col("to_label").isNotNull())):
        lines = mapped(rows.where(is_node), _csv_lines, _LINES).sortWithinPartitions("file", "line")
        lines.write.partitionBy("file").option("compression", "none").text(f"{folder}/{kind}")
        for name in files.names(f"{folder}/{kind}"):
            if not name.startswith("file="):
                files.delete(f"{folder}/{kind}/{name}")
                continue
            given = f"{kind}/{name.removeprefix('file=')}"
            files.rename(f"{folder}/{kind}/{name}", f"{folder}/{given}")
            header, option = neo4j_admin.heading(*name.removeprefix("file=").split("-"))
            files.write(f"{folder}/{given}-header.csv", header)
            options.append(f"{option}={given}-header.csv,{given}/part-.*")
    files.write(f"{folder}/import.sh", neo4j_admin.script(options), executable=True)


def _csv_lines(rows: Iterable[Row]) -> Iterator[Row]:
    for from_label, from_id, to_label, to_id, text, part in rows:
        properties = json.loads(text)
        if to_label is None:
            yield neo4j_admin.node_line(from_label, properties).removesuffix("\n"), from_label
        else:
            line = neo4j_admin.edge_line(part, from_id, to_id, properties).removesuffix("\n")
            yield line, f"{part}-{from_label}-{to_label}"


def _at_once(work: Iterable[tuple[Callable[[str], None], str]]) -> None:
    with ThreadPoolExecutor(_AT_ONCE, "tables") as pool:
        for future in [pool.submit(function, name) for function, name in work]:
            future.result()


_WRITERS: Mapping[str, Callable[[DataFrame, str, Files], None]] = {
    parquet.FORMAT.name: _write_parquet,
    neo4j_admin.FORMAT.name: _write_neo4j_admin,
}
