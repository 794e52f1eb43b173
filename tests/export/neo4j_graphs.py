"""Graphs in a Neo4j server of the tests: imported from bulk files, and read back whole."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import neo4j

from kg.graph import Graph
from tests.export.java import run
from tests.neo4j_server import Neo4jServer


def import_files(server: Neo4jServer, files: Path, folder: Path) -> str:
    """Runs the command beside bulk files on a server that is not running; gives what Neo4j's tool says."""
    # What neo4j-admin is in an installation: Neo4j's command line with its jars.
    admin = folder / "bin" / "neo4j-admin"
    admin.parent.mkdir()
    admin.write_text(f'#!/bin/sh\nexec {shlex.join(server.release.command())} org.neo4j.cli.AdminTool "$@"\n')
    admin.chmod(0o755)
    home = {"NEO4J_HOME": str(server.home), "NEO4J_CONF": str(server.home / "conf")}
    path = f"{admin.parent}{os.pathsep}{os.environ['PATH']}"
    return run([str(files / "import.sh"), "neo4j"], env={**os.environ, **home, "PATH": path})


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
