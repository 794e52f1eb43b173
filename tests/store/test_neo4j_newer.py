"""The calendar versions of Neo4j take the same loads and give the same answers as 5.26, on which all else is tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.graph import Graph
from kg.store import LadybugStore, Neo4jStore
from kg.store.queries import list_queries, run_query
from tests.neo4j_server import Neo4jServer
from tests.store.library import library_graph

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]


@pytest.mark.promise("Neo4j 5.26 or later")
def test_the_newer_neo4j_loads_answers_and_prunes(newer_neo4j_server: Neo4jServer, tmp_path: Path) -> None:
    graph, server = library_graph(), newer_neo4j_server
    with (
        LadybugStore(tmp_path / "graph.lbug") as embedded,
        Neo4jStore(server.uri, server.user, server.password) as store,
    ):
        embedded.write(graph)
        for _ in range(2):
            store.write(graph)
            assert store.read_graph().canonical() == graph.canonical()
        for query in list_queries():
            expected = run_query(embedded, query.name, query.examples())
            assert run_query(store, query.name, query.examples()) == expected, query.name
        some = sorted(graph.nodes)[::2]
        smaller = Graph(
            {node: graph.nodes[node] for node in some},
            {edge: known for edge, known in graph.edges.items() if {*edge[1:]} <= {*some}},
        )
        store.write(smaller, prune=True)
        assert store.read_graph().canonical() == smaller.canonical()
