"""The neo4j-admin files, imported offline by Neo4j's own tool with the command beside them, and served by Neo4j."""

from __future__ import annotations

import os
from pathlib import Path

import neo4j
import pytest

from kg.export import export
from kg.graph import Graph
from tests.export.graphs import HARD, every
from tests.export.java import run, tools
from tests.neo4j_server import JAVA, Neo4jServer, class_path


def graph() -> Graph:
    """Every label and type, and the hard texts as names and in lists."""
    graph = every()
    for number, text in enumerate([*HARD.values(), "", "\x00\x07"]):
        node_id = f"t{number}"
        graph.nodes["Task", node_id] = {"id": node_id, "name": text, "aliases": [text, "", text], "papers": 1}
        key = ("ADDRESSES", ("Paper", "id:0"), ("Task", node_id))
        graph.edges[key] = {"confidence": 0.5, "papers": ["id:0"], "sentences": [f"({text})"]}
    return graph


def graph_of(server: Neo4jServer) -> Graph:
    """All that the server holds."""
    found = Graph()
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        for labels, known in driver.execute_query("MATCH (n) RETURN labels(n), properties(n)").records:
            (label,) = labels
            found.nodes[label, known["id"]] = known
        edges = "MATCH (a)-[r]->(b) RETURN type(r), labels(a)[0], a.id, labels(b)[0], b.id, properties(r)"
        for kind, start, start_id, end, end_id, known in driver.execute_query(edges).records:
            found.edges[kind, (start, start_id), (end, end_id)] = known
    return found


@pytest.mark.slow
@pytest.mark.neo4j
def test_neo4j_imports_the_files_with_nothing_lost(tmp_path: Path) -> None:
    tools("mvn", JAVA)
    files = export(graph(), tmp_path / "graph.neo4j-admin")
    server = Neo4jServer(tmp_path / "server")
    # What neo4j-admin is in an installation: Neo4j's command line with its jars.
    admin = tmp_path / "bin" / "neo4j-admin"
    admin.parent.mkdir()
    admin.write_text(f'#!/bin/sh\nexec {JAVA} -Xmx512m -cp "{class_path()}" org.neo4j.cli.AdminTool "$@"\n')
    admin.chmod(0o755)
    home = {"NEO4J_HOME": str(server.home), "NEO4J_CONF": str(server.home / "conf")}
    path = f"{admin.parent}{os.pathsep}{os.environ['PATH']}"
    said = run([str(files / "import.sh"), "neo4j"], env={**os.environ, **home, "PATH": path})
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
