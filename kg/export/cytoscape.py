"""Cytoscape JSON, as Cytoscape, Cytoscape.js and ``networkx.cytoscape_graph`` read it; lists stay lists.

A node's ``id`` is its label and id (``Method:method:grpo``); ``value`` is the same, since networkx names nodes by it.
The properties ``id`` and ``value`` of a node are ``kg_id`` and ``kg_value`` here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.export.jsontext import edge_objects, node_objects, write_array
from kg.export.registry import Format
from kg.export.source import GraphSource

_TAKEN = frozenset({"id", "value"})


def write(source: GraphSource, path: Path) -> None:
    """Writes the graph as Cytoscape JSON."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write('{"data": {}, "directed": true, "multigraph": true, "elements": {\n"nodes": ')
        write_array(stream, _nodes(source))
        stream.write(',\n"edges": ')
        write_array(stream, _edges(source))
        stream.write("\n}}\n")


def _nodes(source: GraphSource) -> Iterator[dict[str, Any]]:
    for node in node_objects(source, _TAKEN):
        yield {"data": {"id": node["id"], "value": node["id"]} | node}


def _edges(source: GraphSource) -> Iterator[dict[str, Any]]:
    for number, edge in enumerate(edge_objects(source)):
        yield {"data": {"id": f"e{number}"} | edge}


FORMAT = Format("cytoscape", (".cyjs",), write)
