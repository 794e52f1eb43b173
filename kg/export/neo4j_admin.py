"""The files that Neo4j's bulk import reads, with the command that imports them in ``import.sh``.

A header and a data file for each node label (``nodes/``) and for each edge type between two labels (``edges/``).
Elements of a list are apart by the character U+001F, which Neo4j's tool cannot escape: where a text in a list has it,
it becomes U+FFFD. A list that is empty, or of one empty text, is left out, since the tool knows neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

from kg.export.csvtext import TO_CSV, quoted, row
from kg.export.registry import Format
from kg.export.source import GraphSource, Properties
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType

_SEPARATOR = "\x1f"

_NEO4J_TYPE: dict[PropertyType, str] = {
    "string": "string",
    "float": "double",
    "int": "long",
    "bool": "boolean",
    "strings": "string[]",
    "ints": "long[]",
}

_TO_FIELD: dict[PropertyType, Callable[[Any], str]] = TO_CSV | {
    "strings": lambda values: (
        quoted(_SEPARATOR.join(v.replace(_SEPARATOR, "\ufffd") for v in values)) if values else ""
    ),
    "ints": lambda values: quoted(_SEPARATOR.join(map(str, values))) if values else "",
}

_SCRIPT = """#!/bin/sh
# Imports this graph into a new database of a stopped Neo4j server; neo4j-admin must be on the PATH.
# Usage: import.sh [DATABASE [OPTION...]]; to replace a database, give the option --overwrite-destination.
database="${{1:-neo4j}}"
[ $# -gt 0 ] && shift
cd "$(dirname "$0")" || exit 1
exec neo4j-admin database import full "$database" \\
  --multiline-fields=true --array-delimiter='\\31' \\
{files}
  "$@"
"""


def write(source: GraphSource, path: Path) -> None:
    """Writes the files and the command into the folder."""
    files: list[str] = []
    (path / "nodes").mkdir()
    (path / "edges").mkdir()
    for label, nodes in groupby(source.iter_nodes(), lambda node: node[0]):
        with _table(path, f"nodes/{label}", *heading(label), files) as stream:
            for _, properties in nodes:
                stream.write(node_line(label, properties))
    for (kind, start, end), edges in groupby(source.iter_edges(), lambda edge: (edge[0], edge[1][0], edge[2][0])):
        with _table(path, f"edges/{kind}-{start}-{end}", *heading(kind, start, end), files) as stream:
            for _, (_, from_id), (_, to_id), properties in edges:
                stream.write(edge_line(kind, from_id, to_id, properties))
    command = path / "import.sh"
    command.write_text(script(files), encoding="utf-8", newline="\n")
    command.chmod(0o755)


def heading(name: str, start: str | None = None, end: str | None = None) -> tuple[str, str]:
    """The header of a table, and the option of the command that names its files.

    Args:
        name: a label, or the type of an edge.
        start: the label of the nodes that the edges leave; None for a table of nodes.
        end: the label of the nodes that they enter.
    """
    if start is None:
        return _header([f"id:ID({name})"], _node_columns(name)), f"--nodes={name}"
    return _header([f":START_ID({start})", f":END_ID({end})"], EDGE_TYPES[name].properties), f"--relationships={name}"


def node_line(label: str, properties: Properties) -> str:
    """A node as a line of its table."""
    return row((str(properties["id"]),), properties, _node_columns(label), _TO_FIELD)


def edge_line(kind: str, from_id: str, to_id: str, properties: Properties) -> str:
    """An edge as a line of its table."""
    return row((from_id, to_id), properties, EDGE_TYPES[kind].properties, _TO_FIELD)


def script(files: Iterable[str]) -> str:
    """The command that imports tables, each given as an option with its files."""
    return _SCRIPT.format(files="\n".join(f"  {file} \\" for file in files))


def _node_columns(label: str) -> dict[str, PropertyType]:
    return {name: kind for name, kind in NODE_LABELS[label].properties.items() if name != "id"}


def _header(first: list[str], columns: Mapping[str, PropertyType]) -> str:
    return ",".join(first + [f"{name}:{_NEO4J_TYPE[kind]}" for name, kind in columns.items()]) + "\n"


def _table(path: Path, name: str, header: str, option: str, files: list[str]) -> TextIO:
    """Writes a header, notes the option of the command that names the table, and opens the table's data."""
    (path / f"{name}-header.csv").write_text(header, encoding="utf-8", newline="\n")
    files.append(f"{option}={name}-header.csv,{name}.csv")
    return (path / f"{name}.csv").open("w", encoding="utf-8", newline="")


FORMAT = Format("neo4j-admin", (".neo4j-admin",), write, folder=("import.sh", "nodes/*.csv", "edges/*.csv"))
