"""The same Cypher gives the same rows on a real Neo4j server."""

from __future__ import annotations

from datetime import date

import pytest

from kg.ask import Asker
from kg.graph import Graph
from kg.store import Neo4jStore
from tests.ask.data import read
from tests.neo4j_server import Neo4jServer

pytestmark = [pytest.mark.slow, pytest.mark.neo4j]


@pytest.mark.promise("the same questions have the same answers in Neo4j")
def test_every_kind_of_question_has_the_same_rows(asker: Asker, small_graph: Graph, neo4j_server: Neo4jServer) -> None:
    with Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password) as server:
        server.write(small_graph)
        there = Asker(server, today=date(2025, 7, 1))
        for group in read("phrasings.yaml"):
            for question in group["questions"][:3]:
                assert there.ask(question) == asker.ask(question), question
