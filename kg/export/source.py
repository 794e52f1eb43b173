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
