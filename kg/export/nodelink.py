"""JSON in the node-link form, as ``networkx.node_link_graph`` and D3's force layout read it; lists stay lists.

A node's ``id`` is its label and id (``Method:method:grpo``), an edge's ``key`` its type. The property ``id`` of a node
is ``kg_id`` here, since the format has an ``id`` of its own.
"""

from __future__ import annotations

from pathlib import Path

from kg.export.jsontext import edge_objects, node_objects, write_array
from kg.export.registry import Format
from kg.export.source import GraphSource

_TAKEN = frozenset({"id"})


def write(source: GraphSource, path: Path) -> None:
    """Writes the graph as node-link JSON."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write('{"directed": true, "multigraph": true, "graph": {},\n"nodes": ')
        write_array(stream, node_objects(source, _TAKEN))
        stream.write(',\n"edges": ')
        write_array(stream, edge_objects(source))
        stream.write("\n}\n")


FORMAT = Format("node-link", (".json",), write)
