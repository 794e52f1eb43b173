"""What every store is, and what all stores share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from kg.errors import InputError, KgError
from kg.graph.graph import Graph
from kg.schema import EDGE_TYPES, NODE_LABELS, EdgeType, PropertyValue
from kg.store.limited import Limits


class OutdatedStoreError(InputError):
    """The store was written for another version of the schema or of the database; it must be written anew."""


class CorruptStoreError(InputError):
    """The store's file is no graph of this tool, or is damaged."""


@dataclass
class Rows:
    """The answer to a query; ``rows[i][j]`` is the value of ``columns[j]``.

    A node is ``{"label": ..., **properties}``, an edge ``{"type": ..., **properties}``, a path
    ``{"nodes": [...], "edges": [...]}``, a date its ISO text; the same on every store.
    """

    columns: list[str]
    rows: list[list[Any]] = field(default_factory=list)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)


class Store(Protocol):
    """A database that holds one typed graph."""

    def run(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """The rows of a query that only reads.

        Raises:
            InputError: the query is wrong, would write, or lacks a parameter.
            KgError: the database failed.
        """
        ...

    def generation(self) -> str:
        """A mark of the state that queries see now; another one once anything was written."""
        ...

    def file(self) -> tuple[Path, str] | None:
        """The file that the graph lies in, with its checksum; None on a server, and once another took its place."""
        ...

    def run_limited(self, cypher: str, limits: Limits) -> Rows:
        """The first ``limits.rows`` rows of a query that a stranger wrote, and one more where there are more.

        Raises:
            InputError: the query is wrong, more than a query (see ``kg.store.limited``), or takes too much.
            KgError: the database failed.
        """
        ...

    def counts(self) -> dict[str, dict[str, int]]:
        """Nodes by label and edges by type, as ``Graph.counts()`` gives them."""
        ...

    def write(self, graph: Graph) -> object:
        """Writes the whole graph; a second time changes nothing."""
        ...

    def read_graph(self) -> Graph:
        """The graph that was written."""
        ...

    def close(self) -> None:
        """Ends the connection; safe to call twice."""
        ...


class Closing:
    """``with`` for stores."""

    def close(self) -> None:
        """Ends the connection; safe to call twice."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


Run = Callable[[str], Rows]


def edge_groups() -> Iterator[tuple[EdgeType, str, str]]:
    """Every edge type with each pair of labels that it may join."""
    return ((edge, source, target) for edge in EDGE_TYPES.values() for source, target in edge.pairs)


def read_graph(run: Run, where: Callable[[str], str] = lambda _: "") -> Graph:
    """The graph behind ``run``; ``where(variable)`` is a condition that its nodes and edges meet."""
    graph = Graph()
    for label in NODE_LABELS:
        read_nodes(run, graph, label, where("n"))
    for group in edge_groups():
        read_edges(run, graph, group, where("e"))
    return graph


def read_nodes(run: Run, graph: Graph, label: str, where: str) -> None:
    """Adds to a graph the nodes ``n`` of a label that meet a condition."""
    names = list(NODE_LABELS[label].properties)
    for row in run(f"MATCH (n:{label}) {where} RETURN {_columns('n', names)}").rows:
        properties = _known(names, row)
        graph.nodes[label, str(properties["id"])] = properties


def read_edges(run: Run, graph: Graph, group: tuple[EdgeType, str, str], where: str) -> None:
    """Adds to a graph the edges ``e`` from nodes ``a`` to nodes ``b`` that meet a condition."""
    edge, source, target = group
    names = list(edge.properties)
    wanted = ", ".join(["a.id AS source", "b.id AS target", *([_columns("e", names)] if names else [])])
    for row in run(f"MATCH (a:{source})-[e:`{edge.name}`]->(b:{target}) {where} RETURN {wanted}").rows:
        graph.edges[edge.name, (source, row[0]), (target, row[1])] = _known(names, row[2:])


def count_graph(run: Run, where: Callable[[str], str] = lambda _: "") -> dict[str, dict[str, int]]:
    """Nodes by label and edges by type behind ``run``; what there is none of is left out."""
    nodes = {label: run(f"MATCH (n:{label}) {where('n')} RETURN count(*) AS n").rows[0][0] for label in NODE_LABELS}
    edges = {
        kind: run(f"MATCH ()-[e:`{kind}`]->() {where('e')} RETURN count(*) AS n").rows[0][0] for kind in EDGE_TYPES
    }
    return {
        "nodes": {name: number for name, number in sorted(nodes.items()) if number},
        "edges": {name: number for name, number in sorted(edges.items()) if number},
    }


def check_graph(graph: Graph) -> None:
    """Holds a graph against the schema before a store takes it.

    Raises:
        KgError: a label, an edge type, a pair of ends, a property or an end that the schema or the graph lacks.
    """
    for (label, identifier), properties in graph.nodes.items():
        if label not in NODE_LABELS:
            raise KgError(f"the schema has no node label {label!r}")
        if unknown := properties.keys() - NODE_LABELS[label].properties.keys():
            raise KgError(f"{label} {identifier!r} has properties that the schema lacks: {', '.join(sorted(unknown))}")
        if properties.get("id") != identifier:
            raise KgError(f"{label} {identifier!r} has another id among its properties")
    for (kind, source, target), properties in graph.edges.items():
        if kind not in EDGE_TYPES or (source[0], target[0]) not in EDGE_TYPES[kind].pairs:
            raise KgError(f"the schema has no edge {kind} from {source[0]} to {target[0]}")
        if unknown := properties.keys() - EDGE_TYPES[kind].properties.keys():
            raise KgError(f"an edge {kind} has properties that the schema lacks: {', '.join(sorted(unknown))}")
        for end in (source, target):
            if end not in graph.nodes:
                raise KgError(f"an edge {kind} joins {end[0]} {end[1]!r}, which the graph lacks")


def _columns(variable: str, names: list[str]) -> str:
    return ", ".join(f"{variable}.`{name}` AS `{name}`" for name in names)


def _known(names: list[str], values: list[Any]) -> dict[str, PropertyValue]:
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}
