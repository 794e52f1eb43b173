"""A part of a stored graph: what has to do with some papers, entities and relations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from kg.graph.graph import EdgeKey, Graph, NodeKey
from kg.schema import EDGE_TYPES
from kg.store.base import Rows, Run, Store, edge_groups, read_edges, read_nodes


@dataclass
class Region:
    """What a part of a graph is made of; ids and keys of what is not in the graph are passed over.

    Attributes:
        papers: ids of papers: their nodes, what leaves them, and their results.
        results: ids of papers: their results alone, with what leaves these.
        entities: nodes.
        relations: edges between entities.
        variants: nodes whose ``VARIANT_OF`` edge is part of it.
    """

    papers: set[str] = field(default_factory=set)
    results: set[str] = field(default_factory=set)
    entities: set[NodeKey] = field(default_factory=set)
    relations: set[EdgeKey] = field(default_factory=set)
    variants: set[NodeKey] = field(default_factory=set)


def read_part(store: Store, region: Region) -> Graph:
    """The part of the stored graph that a region is."""
    graph = Graph()
    for label, ids in _by_label(region.entities | {("Paper", paper) for paper in region.papers}):
        read_nodes(_given(store, ids), graph, label, "WHERE n.id IN $ids")
    leaving = [group for group in edge_groups() if group[1] == "Paper" and group[2] != "Result"]
    for group in leaving if region.papers else ():
        read_edges(_given(store, region.papers), graph, group, "WHERE a.id IN $ids")
    _read_results(store, graph, region.papers | region.results)
    _read_relations(store, graph, region.relations)
    for label, ids in _by_label(region.variants):
        read_edges(_given(store, ids), graph, (EDGE_TYPES["VARIANT_OF"], label, label), "WHERE a.id IN $ids")
    return graph


def first_mentions(store: Store, nodes: Iterable[NodeKey]) -> dict[NodeKey, dict[str, str]]:
    """The first sentence that mentions each entity, by paper."""
    found: dict[NodeKey, dict[str, str]] = defaultdict(dict)
    for label, ids in _by_label(nodes):
        query = f"MATCH (a:Paper)-[e:MENTIONS]->(b:{label}) WHERE b.id IN $ids RETURN b.id, a.id, e.sentences[1]"
        for id_, paper, sentence in store.run(query, {"ids": ids}).rows:
            found[label, id_][paper] = sentence
    return found


def _read_results(store: Store, graph: Graph, papers: Collection[str]) -> None:
    if papers:
        group = EDGE_TYPES["HAS_RESULT"], "Paper", "Result"
        read_edges(_given(store, papers), graph, group, "WHERE a.id IN $ids")
    ids = [target[1] for kind, _, target in graph.edges if kind == "HAS_RESULT"]
    if ids:
        read_nodes(_given(store, ids), graph, "Result", "WHERE n.id IN $ids")
        for group in (group for group in edge_groups() if group[1] == "Result"):
            read_edges(_given(store, ids), graph, group, "WHERE a.id IN $ids")


def _read_relations(store: Store, graph: Graph, relations: Collection[EdgeKey]) -> None:
    groups: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for kind, source, target in relations:
        groups[kind, source[0], target[0]].add(source[1])
    found = Graph()
    for (kind, source_label, target_label), ids in sorted(groups.items()):
        read_edges(_given(store, ids), found, (EDGE_TYPES[kind], source_label, target_label), "WHERE a.id IN $ids")
    graph.edges.update((edge, found.edges[edge]) for edge in relations if edge in found.edges)


def _by_label(nodes: Iterable[NodeKey]) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, list[str]] = defaultdict(list)
    for label, id_ in sorted(nodes):
        found[label].append(id_)
    yield from found.items()


def _given(store: Store, ids: Iterable[str]) -> Run:
    """Queries with the parameter ``ids``."""
    parameters = {"ids": sorted(ids)}

    def run(query: str) -> Rows:
        return store.run(query, parameters)

    return run
