"""A load through Neo4j's Spark Connector gives what ``kg load`` gives."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import neo4j
import pytest

from kg.store import Neo4jStore
from tests.command_line import annotated, write_lines
from tests.neo4j_server import Neo4jServer
from tests.spark.papers import SETTINGS, differences, local_graph

pytestmark = [pytest.mark.slow, pytest.mark.neo4j, pytest.mark.timeout(900)]


def load(server: Neo4jServer, records: Path, folder: Path) -> tuple[int, str]:
    """Runs ``kg build`` with the connector, which Spark fetches from Maven."""
    kg = Path(sys.executable).with_name("kg")
    settings = [word for key, value in SETTINGS.items() for word in ("--conf", f"{key}={value}")]
    where = ("--engine", "spark", "--master", "local[2]", "--to", server.uri, "--work", folder / "work")
    done = subprocess.run(
        [kg, "build", records, "--resolve", *where, *settings],
        cwd=folder,
        env={**os.environ, "NEO4J_PASSWORD": server.password, "NEO4J_USERNAME": server.user},
        stderr=subprocess.PIPE,
        text=True,
        timeout=600,
    )
    return done.returncode, done.stderr


def test_the_connector_loads_the_graph_and_touches_no_nodes_of_others(
    neo4j_server: Neo4jServer, tmp_path: Path
) -> None:
    records = write_lines(tmp_path / "records.jsonl", *(annotated(number) for number in range(4)))
    expected = local_graph(records, tmp_path, resolve=True)
    label, identifier = next(node for node in sorted(expected.nodes) if node[0] == "Method")
    mine = f"MATCH (n:`{label}` {{id: $id}})"
    with neo4j.GraphDatabase.driver(neo4j_server.uri, auth=(neo4j_server.user, neo4j_server.password)) as driver:
        driver.execute_query(f"CREATE (n:`{label}` {{id: $id, mine: true}})", id=identifier)
        code, said = load(neo4j_server, records, tmp_path)
        assert code == 2 and "nodes of somebody else" in said
        assert neo4j_server.password not in said
        found = driver.execute_query(f"{mine} RETURN properties(n)", id=identifier).records
        assert [record[0] for record in found] == [{"id": identifier, "mine": True}]
        assert driver.execute_query("SHOW CONSTRAINTS YIELD name").records
        driver.execute_query(f"{mine} DETACH DELETE n", id=identifier)
    code, said = load(neo4j_server, records, tmp_path)  # the rest is there already, and is not loaded twice
    assert code == 0, said
    with Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password) as store:
        assert not differences(expected, store.read_graph())
