"""Queries that strangers wrote: what is refused, what is ended, what is cut off; the same on both stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError, KgError
from kg.graph import Graph
from kg.store import LadybugStore, Neo4jStore, Store
from kg.store.limited import Limits, check_harmless
from tests.neo4j_server import Neo4jServer

LIMITS = Limits(seconds=1, rows=3)
REFUSED = [
    "CREATE (n:Paper {id: 'x'})",
    "MATCH (n) SET n.name = 'x'",
    "MATCH (n) DETACH DELETE n",
    "MATCH (n) REMOVE n.name",
    "MERGE (n:Paper {id: 'x'})",
    "MATCH (n) FOREACH (x IN [1] | SET n.name = 'x')",
    "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "LOAD FROM '/etc/passwd' RETURN *",
    "COPY (MATCH (n) RETURN n.id) TO '/tmp/out.csv'",
    "COPY Paper FROM '/etc/passwd'",
    "ATTACH '/tmp/other' AS other (dbtype lbug)",
    "INSTALL httpfs",
    "DROP TABLE Paper",
    "EXPORT DATABASE '/tmp/out'",
    "CALL timeout=0",
    "CALL db.labels()",
    "MATCH (n) CALL apoc.load.json('http://localhost') YIELD value RETURN value",
    "call\n  dbms.listConfig() yield name return name",
    "MATCH (n) CALL (n) { DELETE n }",
    "MATCH (n) CALL { WITH n DETACH DELETE n } IN TRANSACTIONS",
    "SHOW USERS",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "STOP DATABASE neo4j",
    "GRANT ROLE admin TO neo4j",
    "EXPLAIN MATCH (n) RETURN n",
    "MATCH (n) RETURN n; MATCH (n) RETURN n",
    "MATCH (n) RETURN n.\\u006eame",
    "/* MATCH */ CREATE (n)",
    "MATCH (n {id: $id}) RETURN n",
    "",
    ")",
]


def graph() -> Graph:
    """Two hundred papers, so that a product of them takes long."""
    found = Graph()
    for i in range(200):
        found.nodes["Paper", f"p{i}"] = {"id": f"p{i}", "name": f"Create {i}", "title": f"Create {i}", "abstract": "x"}
    return found


@pytest.fixture(params=["ladybug", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "ladybug":
        found: Store = LadybugStore(tmp_path / "graph.lbug")
    else:
        server: Neo4jServer = request.getfixturevalue("neo4j_server")
        found = Neo4jStore(server.uri, server.user, server.password)
    request.addfinalizer(found.close)
    found.write(graph())
    return found


@pytest.mark.parametrize("query", REFUSED)
def test_what_is_more_than_a_query_is_refused(query: str) -> None:
    with pytest.raises(InputError):
        check_harmless(query)


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (n:Paper) RETURN n.title",
        "// CREATE is only said\nmatch (n) where n.name = 'DELETE' return n.`set`",
        "MATCH (n) CALL (n) { MATCH (n)--(m) RETURN m } RETURN m",
        "UNWIND [1, 2] AS x RETURN x",
    ],
)
def test_a_query_that_reads_is_let_through(query: str) -> None:
    check_harmless(query)


def test_rows_come_and_one_more_tells_that_there_are_more(store: Store) -> None:
    found = store.run_limited("MATCH (p:Paper) RETURN p.id AS id ORDER BY id", LIMITS)
    assert found.columns == ["id"] and found.rows == [["p0"], ["p1"], ["p10"], ["p100"]]


def test_a_refused_query_changes_nothing(store: Store) -> None:
    for query in REFUSED:
        with pytest.raises(InputError):
            store.run_limited(query, LIMITS)
    assert store.counts()["nodes"] == {"Paper": 200}


def test_a_slow_query_is_ended_and_others_go_on(store: Store) -> None:
    product = "MATCH (a:Paper), (b:Paper), (c:Paper), (d:Paper) WHERE a.name + b.name < c.name + d.name RETURN count(*)"
    with pytest.raises(InputError, match="took more than 1 seconds"):
        store.run_limited(product, LIMITS)
    assert store.run("MATCH (p:Paper) RETURN count(*) AS n").rows == [[200]]


def test_a_wrong_query_is_told(store: Store) -> None:
    with pytest.raises(InputError, match="the query is wrong"):
        store.run_limited("MATCH (p:Paper RETURN p", LIMITS)


def test_a_query_that_needs_too_much_memory_is_ended(tmp_path: Path) -> None:
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.write(graph())
        query = "MATCH (a:Paper), (b:Paper), (c:Paper) RETURN a.name + b.name + c.name AS x ORDER BY x"
        with pytest.raises(InputError, match="more memory"):
            store.run_limited(query, Limits(seconds=60, memory=32 * 2**20))


def test_even_a_query_that_slips_through_cannot_write(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ladybug", "neo4j"):
        monkeypatch.setattr(f"kg.store.{name}.check_harmless", lambda query: None)
    with pytest.raises(KgError):
        store.run_limited("CREATE (n:Paper {id: 'x'}) RETURN n.id", LIMITS)
    assert store.counts()["nodes"] == {"Paper": 200}
