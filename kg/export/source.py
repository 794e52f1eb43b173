"""What every export reads: nodes and edges one after the other, in a fixed order, from a graph or from a store.

The order is part of the interface. A source gives nodes by label and id, and edges by type, label of the first end,
label of the second end, id of the first end and id of the second end, compared by code point. So two exports of one
graph are the same bytes, uniqueness is checked without remembering anything, and no writer needs more memory for a
larger graph.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

from kg.errors import KgError
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType, PropertyValue

NodeKey = tuple[str, str]
"""Label and id: what identifies a node."""

Properties = Mapping[str, PropertyValue]
"""Property values by name; an unknown property is absent."""

_PAGE = 20_000


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


class RowsLike(Protocol):
    """The part of ``kg.store.Rows`` that exports read."""

    @property
    def rows(self) -> Iterable[Iterable[Any]]:
        """One sequence of values for each row."""


@runtime_checkable
class StoreLike(Protocol):
    """The part of ``kg.store.Store`` that exports read."""

    def run(self, cypher: str, parameters: Mapping[str, Any], /) -> RowsLike:
        """Runs a query."""


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


class StoreView:
    """A store as a source, read in pages so that only one page is ever in memory.

    The pages are queries of their own: a writer that changes the store meanwhile may show in later pages.
    """

    def __init__(self, store: StoreLike, page: int = _PAGE) -> None:
        self._store = store
        self._page = page

    def iter_nodes(self) -> Iterator[tuple[str, Properties]]:
        """See ``GraphSource``."""
        for label in sorted(NODE_LABELS):
            names = list(NODE_LABELS[label].properties)
            head = f"MATCH (n:`{label}`)"
            tail = f"RETURN n.id, {_fields('n', names)} ORDER BY n.id LIMIT {self._page}"
            for row in self._pages(head, tail, "WHERE n.id > $a", ("a",)):
                yield label, _known(names, row[1:])

    def iter_edges(self) -> Iterator[tuple[str, NodeKey, NodeKey, Properties]]:
        """See ``GraphSource``."""
        after = "WHERE a.id > $a OR (a.id = $a AND b.id > $b)"
        for name in sorted(EDGE_TYPES):
            names = list(EDGE_TYPES[name].properties)
            fields = "".join(f", {field}" for field in [_fields("r", names)] if field)
            for start, end in sorted(EDGE_TYPES[name].pairs):
                head = f"MATCH (a:`{start}`)-[r:`{name}`]->(b:`{end}`)"
                tail = f"RETURN a.id, b.id{fields} ORDER BY a.id, b.id LIMIT {self._page}"
                for row in self._pages(head, tail, after, ("a", "b")):
                    yield name, (start, row[0]), (end, row[1]), _known(names, row[2:])

    def _pages(self, head: str, tail: str, after: str, keys: tuple[str, ...]) -> Iterator[list[Any]]:
        rows = [list(row) for row in self._store.run(f"{head} {tail}", {}).rows]
        while rows:
            yield from rows
            if len(rows) < self._page:
                return
            last = dict(zip(keys, rows[-1], strict=False))
            rows = [list(row) for row in self._store.run(f"{head} {after} {tail}", last).rows]


def _fields(variable: str, names: list[str]) -> str:
    return ", ".join(f"{variable}.`{name}`" for name in names)


def _known(names: list[str], values: list[Any]) -> dict[str, PropertyValue]:
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}


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


def as_source(graph: GraphSource | GraphLike | StoreLike) -> CheckedSource:
    """The graph, the store or the source as a checked source.

    Raises:
        TypeError: it is none of the three.
    """
    if isinstance(graph, GraphSource):
        return CheckedSource(graph)
    if isinstance(graph, StoreLike):
        return CheckedSource(StoreView(graph))
    if isinstance(graph, GraphLike):
        return CheckedSource(GraphView(graph))
    raise TypeError(f"expected a graph, a store or a source of nodes and edges, not {type(graph).__name__}")


def node_name(label: str, node_id: str) -> str:
    """The name of a node in files that give every node one name: ``Method:method:grpo``.

    An id is unique within its label only; a label has no colon, so the first one parts the two.
    """
    return f"{label}:{node_id}"
