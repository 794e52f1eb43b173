"""What exports read: a graph, a store, or any source of nodes and edges (see ``kg.graph.source``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

from kg.graph.graph import NodeKey
from kg.graph.source import CheckedSource, GraphLike, GraphSource, GraphView, Properties
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyValue

__all__ = ["CheckedSource", "GraphLike", "GraphSource", "GraphView", "NodeKey", "Properties", "StoreView", "as_source"]

_PAGE = 20_000


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


class StoreView:
    """A store as a source, read in blocks so that only one block is ever in memory.

    A block is the nodes, or the edges out of the nodes, whose ids lie between two bounds. The bounds are found first,
    by counting, so that what comes later is not sorted again for each block: time grows as the graph does. The blocks
    are queries of their own: a writer that changes the store meanwhile may show in later ones.

    Args:
        store: what is read.
        page: how many rows a block has at most, where not one node has more edges.
    """

    def __init__(self, store: StoreLike, page: int = _PAGE) -> None:
        self._store = store
        self._page = page

    def iter_nodes(self) -> Iterator[tuple[str, Properties]]:
        """See ``GraphSource``."""
        for label in sorted(NODE_LABELS):
            names = list(NODE_LABELS[label].properties)
            for row in self._rows(f"MATCH (a:`{label}`)", f"a.id, {_fields('a', names)}", "a.id"):
                yield label, _known(names, row[1:])

    def iter_edges(self) -> Iterator[tuple[str, NodeKey, NodeKey, Properties]]:
        """See ``GraphSource``."""
        for name in sorted(EDGE_TYPES):
            names = list(EDGE_TYPES[name].properties)
            fields = "".join(f", {field}" for field in [_fields("r", names)] if field)
            for start, end in sorted(EDGE_TYPES[name].pairs):
                head = f"MATCH (a:`{start}`)-[r:`{name}`]->(b:`{end}`)"
                for row in self._rows(head, f"a.id, b.id{fields}", "a.id, b.id"):
                    yield name, (start, row[0]), (end, row[1]), _known(names, row[2:])

    def _rows(self, head: str, fields: str, order: str) -> Iterator[list[Any]]:
        query = f"{head} WHERE a.id >= $low AND a.id <= $high RETURN {fields} ORDER BY {order}"
        for low, high in self._bounds(head):
            yield from map(list, self._store.run(query, {"low": low, "high": high}).rows)

    def _bounds(self, head: str) -> Iterator[tuple[str, str]]:
        """The first and the last id of each block of what ``head`` matches."""
        low, high, rows = "", "", 0
        for node_id, number in self._store.run(f"{head} RETURN a.id, count(*) ORDER BY a.id", {}).rows:
            if rows and rows + number > self._page:
                yield low, high
                rows = 0
            if not rows:
                low = node_id
            high, rows = node_id, rows + number
        if rows:
            yield low, high


def _fields(variable: str, names: list[str]) -> str:
    return ", ".join(f"{variable}.`{name}`" for name in names)


def _known(names: list[str], values: list[Any]) -> dict[str, PropertyValue]:
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}


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
