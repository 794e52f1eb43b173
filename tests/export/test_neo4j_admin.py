"""The neo4j-admin files, imported offline by Neo4j's own tool with the command beside them, and served by Neo4j."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.export import export
from kg.graph import Graph
from tests.export.graphs import HARD, every
from tests.export.neo4j_graphs import graph_of, import_files
from tests.neo4j_server import CHOSEN, NEWER, Neo4jServer, Release


def graph() -> Graph:
    """Every label and type, and the hard texts as names and in lists."""
    graph = every()
    for number, text in enumerate([*HARD.values(), "", "\x00\x07"]):
        node_id = f"t{number}"
        graph.nodes["Task", node_id] = {"id": node_id, "name": text, "aliases": [text, "", text], "papers": 1}
        key = ("ADDRESSES", ("Paper", "id:0"), ("Task", node_id))
        graph.edges[key] = {"confidence": 0.5, "papers": ["id:0"], "sentences": [f"({text})"]}
    return graph


@pytest.mark.slow
@pytest.mark.neo4j
@pytest.mark.parametrize("release", [CHOSEN, NEWER], ids=["chosen", "newer"])
def test_neo4j_imports_the_files_with_nothing_lost(release: Release, tmp_path: Path) -> None:
    release.skip_unless_runnable()
    files = export(graph(), tmp_path / "graph.neo4j-admin")
    server = Neo4jServer(tmp_path / "server", release)
    said = import_files(server, files, tmp_path)
    assert f"{len(graph().nodes)} nodes" in said
    assert f"{len(graph().edges)} relationships" in said
    server.start()
    try:
        assert graph_of(server) == graph()
    finally:
        server.stop()


def test_an_empty_list_is_left_out_and_the_separator_replaced(tmp_path: Path) -> None:
    listed = Graph()
    for node_id, aliases in (("a", []), ("b", ["x\x1fy", "z"])):
        listed.nodes["Task", node_id] = {"id": node_id, "name": node_id, "aliases": aliases, "papers": 1}
    files = export(listed, tmp_path / "graph.neo4j-admin")
    assert (files / "nodes" / "Task-header.csv").read_text() == "id:ID(Task),name:string,aliases:string[],papers:long\n"
    assert (files / "nodes" / "Task.csv").read_text() == '"a","a",,1\n"b","b","x\ufffdy\x1fz",1\n'
