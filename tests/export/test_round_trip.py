"""Every format, read back by the library that its users would use, holds the graph with nothing lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import rdflib.compare
from hypothesis import HealthCheck, given, settings

from kg.export import export
from kg.graph import Graph
from tests.export.graphs import HARD, every, graphs, named
from tests.export.readers import READERS, graphml_igraph, rdf_graph

XML = ("graphml-networkx", "gexf-networkx")
formats = pytest.mark.parametrize("reader", READERS)
arbitrary = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def there_and_back(graph: Graph, reader: str, folder: Path) -> Graph:
    name, read = READERS[reader]
    return read(export(graph, folder / name))


def without_forbidden(graph: Graph) -> Graph:
    """The graph as XML can hold it: a forbidden character in a text is U+FFFD; one in a list is escaped by JSON."""

    def held(value: Any) -> Any:
        if isinstance(value, list):
            # JSON escapes control characters but not the two that are no characters at all.
            return [re.sub("[\ufffe\uffff]", "\ufffd", v) if isinstance(v, str) else v for v in value]
        if isinstance(value, str):
            return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", value)
        return value

    def key(node: tuple[str, str]) -> tuple[str, str]:
        return node[0], held(node[1])

    nodes = {key(node): {n: held(v) for n, v in known.items()} for node, known in graph.nodes.items()}
    edges = {(k, key(a), key(b)): {n: held(v) for n, v in known.items()} for (k, a, b), known in graph.edges.items()}
    return Graph(nodes, edges)


@formats
def test_every_label_type_and_property_is_read_back(reader: str, tmp_path: Path) -> None:
    assert there_and_back(every(), reader, tmp_path) == every()


@formats
@pytest.mark.parametrize("text", HARD)
def test_hard_texts_are_read_back(reader: str, text: str, tmp_path: Path) -> None:
    graph = named(HARD[text])
    assert there_and_back(graph, reader, tmp_path) == graph


@formats
def test_hard_ids_are_read_back(reader: str, tmp_path: Path) -> None:
    graph = Graph()
    ids = [*HARD.values(), "%41", "a:b", "a/b", "A", " A", "é", "e\u0301", "\u202e", "\U0001f9e0", "~"]
    for node_id in ids:
        for label in ("Method", "Model", "Task"):
            graph.nodes[label, node_id] = {"id": node_id, "name": node_id}
        for label in ("Method", "Model"):
            evidence = {"confidence": 0.5, "papers": [node_id], "sentences": [node_id], "inferred": False}
            graph.edges["BASED_ON", (label, node_id), ("Method", ids[0])] = dict(evidence)
            graph.edges["APPLIED_TO", ("Model", ids[0]), ("Task", node_id)] = dict(evidence)
            graph.edges["OUTPERFORMS", (label, node_id), ("Model", node_id)] = dict(evidence)
    assert there_and_back(graph, reader, tmp_path) == graph


@formats
def test_an_empty_graph_is_read_back(reader: str, tmp_path: Path) -> None:
    assert there_and_back(Graph(), reader, tmp_path) == Graph()


@pytest.mark.slow
@pytest.mark.parametrize("reader", [name for name in READERS if name not in XML])
@arbitrary
@given(graph=graphs())
def test_arbitrary_graphs_are_read_back(reader: str, graph: Graph, tmp_path: Path) -> None:
    assert there_and_back(graph, reader, tmp_path) == graph


@pytest.mark.parametrize("reader", XML)
@arbitrary
@given(graph=graphs())
def test_arbitrary_graphs_are_read_back_from_xml(reader: str, graph: Graph, tmp_path: Path) -> None:
    expected = without_forbidden(graph)
    if len(expected.nodes) < len(graph.nodes):
        # Two ids differ in forbidden characters alone: their nodes are still two, under two names.
        return
    assert there_and_back(graph, reader, tmp_path) == expected


@pytest.mark.parametrize("reader", ["node-link-networkx", "cytoscape-networkx", "parquet-pyarrow", "turtle-rdflib"])
def test_an_empty_text_is_read_back(reader: str, tmp_path: Path) -> None:
    graph = named("")
    assert there_and_back(graph, reader, tmp_path) == graph


def test_igraph_reads_graphml(tmp_path: Path) -> None:
    assert graphml_igraph(export(every(), tmp_path / "graph.graphml")) == every()


@pytest.mark.parametrize("text", HARD)
def test_igraph_reads_hard_texts(text: str, tmp_path: Path) -> None:
    graph = named(HARD[text])
    assert graphml_igraph(export(graph, tmp_path / "graph.graphml")) == graph


@pytest.mark.slow
def test_turtle_and_json_ld_state_the_same(tmp_path: Path) -> None:
    turtle = rdf_graph(export(every(), tmp_path / "graph.ttl"))
    json_ld = rdf_graph(export(every(), tmp_path / "graph.jsonld"))
    assert len(turtle) > 500
    assert rdflib.compare.isomorphic(turtle, json_ld)


def test_names_of_nodes_stay_apart_in_xml(tmp_path: Path) -> None:
    graph = Graph()
    for node_id in ("a\x01", "a\x02", "a\ufffd", "a\ufffd0001", 'a"', "a&quot;"):
        graph.nodes["Task", node_id] = {"id": node_id, "name": node_id}
    for name in ("graph.graphml", "graph.gexf"):
        text = export(graph, tmp_path / name).read_text("utf-8")
        assert len(set(re.findall(r'<node id="([^"]*)"', text))) == len(graph.nodes)
