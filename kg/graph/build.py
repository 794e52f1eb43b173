"""From resolved extraction records to the typed graph.

Whatever the order of the records, and however they are split over the input, the graph is the same: facts are gathered
in sets and written in sorted order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import cast

from kg.graph.facts import Contribution, Fact, Said, StatedResult
from kg.graph.graph import EdgeKey, Graph, NodeKey, Properties
from kg.graph.reading import RecordReader
from kg.graph.value import parse_value
from kg.schema import RELATION_ENDS, EntityType, Paper, Record

ENTITY_LABELS = frozenset(map(str, EntityType))
"""The labels of entities."""

FindVariants = Callable[[Mapping[NodeKey, str]], Iterable[tuple[NodeKey, NodeKey, float]]]
"""From the entities of a graph with their names to which is a variant of which, and how sure that is."""


def build_graph(records: Iterable[Record], find_variants: FindVariants | None = None) -> Graph:
    """The typed graph of all records; their entity ids must already be those of the whole collection.

    A node of an entity exists where a paper mentions it or where a relation or a result joins it. If records disagree
    about a name, the most frequent holds (ties: the first in lexicographic order). An id that comes with two types
    gives two nodes, one under each label. A paper that comes twice with the same id gives one node with the facts of
    both. Facts that the schema does not allow, and relations of a thing to itself, are left out and logged.

    Args:
        records: read once; what is kept grows with the graph.
        find_variants: gives the ``VARIANT_OF`` edges, each as variant, family and confidence; without it there are
            none. A variant that no paper mentions gets no edge, as no sentence would show it.
    """
    builder = GraphBuilder()
    for record in records:
        builder.add(record)
    return builder.graph(find_variants)


def variant_edges(
    graph: Graph, variants: Iterable[tuple[NodeKey, NodeKey, float]]
) -> Iterator[tuple[EdgeKey, Properties]]:
    """The ``VARIANT_OF`` edges; the evidence is the first mention of the variant in each paper of the graph."""
    shown: dict[NodeKey, list[tuple[str, str]]] = defaultdict(list)
    for kind, paper, node in sorted(graph.edges):
        if kind == "MENTIONS":
            sentences = graph.edges[kind, paper, node]["sentences"]
            shown[node].append((paper[1], cast(list[str], sentences)[0]))
    for variant, family, confidence in sorted(variants):
        if variant in shown and family in graph.nodes:
            yield ("VARIANT_OF", variant, family), variant_properties(confidence, dict(shown[variant]))


def variant_properties(confidence: float, shown: Mapping[str, str]) -> Properties:
    """The properties of a ``VARIANT_OF`` edge, from the first sentence of each paper that mentions the variant."""
    papers = sorted(shown)
    return {
        "confidence": round(confidence, 4),
        "papers": list(papers),
        "sentences": [shown[paper] for paper in papers],
    }


class GraphBuilder:
    """Gathers the facts of records; what they mean together is decided at the end.

    Attributes:
        said: what all records say of each entity.
    """

    def __init__(self) -> None:
        self.said: dict[NodeKey, Said] = defaultdict(Said)
        self._papers: dict[str, list[Paper]] = defaultdict(list)
        self._facts: dict[EdgeKey, Fact] = defaultdict(Fact)
        self._results: dict[str, StatedResult] = {}

    def add(self, record: Record) -> Contribution:
        """Adds a record, whose entity ids are those of the whole collection, and tells what it adds."""
        contribution = Contribution(record.id)
        self._papers[record.id].append(record.paper)
        RecordReader(record, self._facts, self._results, contribution).read()
        for node, said in contribution.said.items():
            self.said[node].add(said)
        return contribution

    def graph(self, find_variants: FindVariants | None = None) -> Graph:
        """The graph of what was added (see ``build_graph``)."""
        graph = Graph()
        for identifier, versions in sorted(self._papers.items()):
            graph.nodes["Paper", identifier] = paper_properties(versions)
        for edge, fact in sorted(self._facts.items(), key=lambda item: item[0]):
            for node in edge[1:]:
                self._add_entity(graph, node)
            graph.edges[edge] = fact.properties(offsets=edge[0] == "MENTIONS", inferred=edge[0] in RELATION_ENDS)
        for identifier, result in sorted(self._results.items()):
            self._add_result(graph, identifier, result)
        if find_variants is not None:
            names = {node: str(graph.nodes[node]["name"]) for node in sorted(graph.nodes) if node[0] in ENTITY_LABELS}
            graph.edges.update(variant_edges(graph, find_variants(names)))
        return graph

    def _add_entity(self, graph: Graph, node: NodeKey) -> None:
        if node not in graph.nodes and node[0] in ENTITY_LABELS:
            graph.nodes[node] = entity_properties(node[1], self.said[node])

    def _add_result(self, graph: Graph, identifier: str, stated: StatedResult) -> None:
        node = ("Result", identifier)
        result, ends = stated.result, stated.ends
        for end in ends.values():
            self._add_entity(graph, end)
        names = {edge: str(graph.nodes[end]["name"]) for edge, end in ends.items()}
        graph.nodes[node] = result_properties(
            identifier, result.value, result.kind, stated.evidence.sentence, result.confidence, names
        )
        graph.edges["HAS_RESULT", ("Paper", stated.paper), node] = {}
        for edge, target in ends.items():
            graph.edges[edge, node, target] = {}


def entity_properties(identifier: str, said: Said) -> Properties:
    """The properties of an entity's node."""
    return {"id": identifier, "name": said.name, "aliases": sorted(said.aliases), "papers": len(said.papers)}


def result_properties(
    identifier: str, value: str, kind: str, sentence: str, confidence: float, names: Mapping[str, str]
) -> Properties:
    """The properties of a result's node; ``names`` are those of its ends, by edge."""
    parsed = parse_value(value)
    properties: Properties = {
        "id": identifier,
        "name": " · ".join([*(names[edge] for edge in ("OF", "ON", "MEASURES") if edge in names), value]),
        "value": value,
        "unit": parsed.unit,
        "kind": kind,
        "sentence": sentence,
        "confidence": round(confidence, 4),
    }
    if parsed.number is not None:
        properties["number"] = parsed.number
    return properties


def paper_properties(versions: list[Paper]) -> Properties:
    """One paper's properties; if it comes in several versions the longest text holds, and all sources are named."""
    best = min(versions, key=lambda paper: (-len(paper.text), paper.model_dump_json()))
    properties: Properties = {
        "id": best.id,
        "name": best.title,
        "title": best.title,
        "abstract": best.abstract,
        "source": sorted({source for paper in versions for source in paper.source}),
    }
    for name in ("arxiv_id", "doi", "url", "published"):
        known = [value for paper in versions if (value := getattr(paper, name)) is not None]
        if known:
            properties[name] = min(known)
    if "published" not in properties and (months := [paper.submitted for paper in versions if paper.submitted]):
        properties["published"] = min(months)
    for name in ("authors", "categories"):
        lists = [value for paper in versions if (value := getattr(paper, name))]
        if lists:
            properties[name] = list(min(lists))
    return properties
