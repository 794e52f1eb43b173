"""A graph as nodes and edges one after the other, in a fixed order: what stores and exports are written from.

The order is part of the interface. A source gives nodes by label and id, and edges by type, label of the first end,
label of the second end, id of the first end and id of the second end, compared by code point. So two exports of one
graph are the same bytes, uniqueness is checked without remembering anything, and no writer needs more memory for a
larger graph.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Protocol, runtime_checkable

from kg.errors import KgError
from kg.graph.graph import NodeKey
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType, PropertyValue

Properties = Mapping[str, PropertyValue]
"""Property values by name; an unknown property is absent."""


@runtime_checkable
class GraphSource(Protocol):
    """Nodes and edges in the order of this module; each call starts again from the first one."""

    def iter_nodes(self) -> Iterator[tuple[str, Properties]]:
        """Yields (label, properties), ``id`` among them."""

    def iter_edges(self) -> Iterator[tuple[str, NodeKey, NodeKey, Properties]]:
        """Yields (type, first end, second end, properties)."""


@runtime_checkable
class GraphLike(Protocol):
    """The part of ``kg.graph.Graph`` that exports read."""

    nodes: dict[NodeKey, dict[str, PropertyValue]]
    edges: dict[tuple[str, NodeKey, NodeKey], dict[str, PropertyValue]]


class GraphView:
    """A graph in memory as a source."""

    def __init__(self, graph: GraphLike) -> None:
        self._graph = graph

    def iter_nodes(self) -> Iterator[tuple[str, Properties]]:
        """See ``GraphSource``; the id of the key is added where the properties lack it."""
        nodes = self._graph.nodes
        for label, node_id in sorted(nodes):
            properties = nodes[label, node_id]
            yield label, properties if "id" in properties else {"id": node_id} | properties

    def iter_edges(self) -> Iterator[tuple[str, NodeKey, NodeKey, Properties]]:
        """See ``GraphSource``."""
        edges = self._graph.edges
        for key in sorted(edges, key=lambda e: (e[0], e[1][0], e[2][0], e[1][1], e[2][1])):
            yield *key, edges[key]


class CheckedSource:
    """A source whose every row is held against the schema and the order while it passes.

    Raises (while iterating):
        KgError: a label, a type, a pair of ends or a property that the schema does not have, a node or an edge given
            twice or out of order, a number that is not finite. Each would otherwise be lost or written in a form that
            readers refuse.
    """

    def __init__(self, source: GraphSource) -> None:
        self._source = source

    def iter_nodes(self) -> Iterator[tuple[str, Properties]]:
        """See ``GraphSource``."""
        allowed = {name: label.properties.keys() for name, label in NODE_LABELS.items()}
        floats = {name: _floats(label.properties) for name, label in NODE_LABELS.items()}
        last: tuple[str, str] = ("", "")
        for label, properties in self._source.iter_nodes():
            if label not in allowed:
                raise KgError(f"a node has the label {label!r}, which the schema does not declare")
            node_id = properties.get("id")
            if not isinstance(node_id, str):
                raise KgError(f"a {label} has no id")
            if not properties.keys() <= allowed[label]:
                extra = sorted(properties.keys() - allowed[label])
                raise KgError(f"{label} {node_id} has properties that the schema does not declare: {', '.join(extra)}")
            for name in floats[label]:
                if name in properties and not math.isfinite(properties[name]):  # type: ignore[arg-type]
                    raise KgError(f"{label} {node_id}: its {name} is no finite number")
            key = (label, node_id)
            if key <= last:
                raise KgError(f"{label} {node_id!r} comes twice or out of order")
            last = key
            yield label, properties

    def iter_edges(self) -> Iterator[tuple[str, NodeKey, NodeKey, Properties]]:
        """See ``GraphSource``."""
        allowed = {(name, *pair): kind.properties.keys() for name, kind in EDGE_TYPES.items() for pair in kind.pairs}
        floats = {name: _floats(kind.properties) for name, kind in EDGE_TYPES.items()}
        last: tuple[str, ...] = ()
        for name, start, end, properties in self._source.iter_edges():
            known = allowed.get((name, start[0], end[0]))
            if known is None:
                raise KgError(f"an edge {name} joins {start[0]} to {end[0]}, which the schema does not declare")
            if not properties.keys() <= known:
                extra = sorted(properties.keys() - known)
                raise KgError(f"an edge {name} has properties that the schema does not declare: {', '.join(extra)}")
            for number in floats[name]:
                if number in properties and not math.isfinite(properties[number]):  # type: ignore[arg-type]
                    raise KgError(f"the {name} from {start[1]!r} to {end[1]!r}: its {number} is no finite number")
            key = (name, start[0], end[0], start[1], end[1])
            if key <= last:
                raise KgError(f"the edge {name} from {start[1]!r} to {end[1]!r} comes twice or out of order")
            last = key
            yield name, start, end, properties


def _floats(properties: Mapping[str, PropertyType]) -> list[str]:
    return [name for name, kind in properties.items() if kind == "float"]
