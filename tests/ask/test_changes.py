"""Names of a graph that changes while it is open are found, and those that are gone are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg import KnowledgeGraph
from kg.ask import Asker
from kg.store import LadybugStore, Neo4jStore
from tests.ask.data import graph_of
from tests.neo4j_server import Neo4jServer


def annotated(file: Path, method: str) -> Path:
    line = {"id": method, "title": f"On {method}", "abstract": "", "entities": [[method, "Method", method, "proposed"]]}
    file.write_text(json.dumps(line), encoding="utf-8")
    return file


def test_a_store_that_is_written_again(tmp_path: Path) -> None:
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.write(graph_of("Alpha"))
        asker = Asker(store)
        assert asker.ask("what is Alpha").names() == ["Alpha"]
        index = asker.index
        assert asker.index is index
        store.write(graph_of("Omega"))
        assert asker.ask("what is Omega").names() == ["Omega"]
        assert asker.ask("what is Alpha").names() == []


def test_a_graph_that_another_one_builds_anew(tmp_path: Path) -> None:
    path = tmp_path / "graph.lbug"
    with KnowledgeGraph(path) as reader:
        KnowledgeGraph(path).build([annotated(tmp_path / "1.jsonl", "Alpha")])
        assert reader.ask("which paper proposes Alpha").names() == ["On Alpha"]
        store = reader.store()
        assert reader.store() is store
        KnowledgeGraph(path).build([annotated(tmp_path / "2.jsonl", "Omega")])
        assert reader.ask("which paper proposes Omega").names() == ["On Omega"]
        assert store.run("MATCH (n:Method) RETURN n.name").rows == [["Alpha"]], "who reads the old one goes on"


@pytest.mark.slow
@pytest.mark.neo4j
def test_a_server_that_others_load_into(neo4j_server: Neo4jServer) -> None:
    address = neo4j_server.uri, neo4j_server.user, neo4j_server.password
    with Neo4jStore(*address) as store, Neo4jStore(*address) as other:
        other.write(graph_of("Alpha"), prune=True)
        asker = Asker(store)
        assert asker.ask("what is Alpha").names() == ["Alpha"]
        index = asker.index
        assert asker.index is index, "nothing was written, so nothing is read again"
        other.write(graph_of("Alpha", "Omega"))
        assert asker.ask("what is Omega").names() == ["Omega"]
