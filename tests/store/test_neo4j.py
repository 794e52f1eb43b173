import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import neo4j
import pytest
from hypothesis import HealthCheck, given, settings

import kg.store.neo4j_load
from kg.corpus import paper_id
from kg.errors import InputError, KgError
from kg.graph import Graph, build_graph
from kg.resolve import Registry, Resolver
from kg.schema import Role
from kg.store.neo4j import Neo4jStore
from tests.graph.samples import METHOD, dapo_record, grpo_record, make_record, random_records
from tests.neo4j_server import PASSWORD, Neo4jServer
from tests.store.strategies import graphs

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return build_graph([grpo_record(), dapo_record(), *random_records(1)])


@pytest.fixture
def store(neo4j_server: Neo4jServer):
    with connect(neo4j_server) as store:
        yield store


def connect(server: Neo4jServer) -> Neo4jStore:
    return Neo4jStore(server.uri, server.user, server.password)


def admin(server: Neo4jServer, query: str, **parameters: object) -> list[neo4j.Record]:
    """What the database holds in truth, past this tool's code."""
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        return driver.execute_query(query, parameters).records


def everything(server: Neo4jServer) -> tuple[set, set]:
    nodes = admin(server, "MATCH (n) RETURN elementId(n) AS id, properties(n) AS p")
    edges = admin(server, "MATCH ()-[e]->() RETURN elementId(e) AS id, properties(e) AS p")
    return {(r["id"], repr(sorted(r["p"].items()))) for r in nodes}, {
        (r["id"], repr(sorted(r["p"].items()))) for r in edges
    }


@pytest.mark.promise("loading twice changes nothing")
def test_loading_twice_changes_nothing(store: Neo4jStore, neo4j_server: Neo4jServer, graph: Graph) -> None:
    first = store.write(graph)
    assert (first.nodes, first.edges) == (len(graph.nodes), len(graph.edges))
    assert store.read_graph().canonical() == graph.canonical()
    assert store.counts() == graph.counts()
    before = everything(neo4j_server)
    store.write(graph, batch=7)
    assert everything(neo4j_server) == before


def test_constraints_and_the_index_of_names_are_made(
    store: Neo4jStore, neo4j_server: Neo4jServer, graph: Graph
) -> None:
    store.write(graph)
    constraints = admin(neo4j_server, "SHOW CONSTRAINTS YIELD labelsOrTypes, properties, type")
    assert {(r["labelsOrTypes"][0], *r["properties"]) for r in constraints} == {
        (label, "id") for label in ("Paper", "Method", "Model", "Benchmark", "Metric", "Task", "Result")
    }
    found = admin(
        neo4j_server, "CALL db.index.fulltext.queryNodes('kg_names', 'MATH-500') YIELD node RETURN node.name AS name"
    )
    assert "MATH500" in {record["name"] for record in found}


def test_a_changed_graph_replaces_properties(store: Neo4jStore, graph: Graph) -> None:
    store.write(graph)
    changed = build_graph([grpo_record().model_copy(update={"arxiv_id": None, "authors": ("C",)}), dapo_record()])
    store.write(changed)
    assert "arxiv_id" not in store.read_graph().nodes["Paper", "p1"]
    store.write(changed, prune=True)
    assert store.read_graph().canonical() == changed.canonical()


def test_progress_counts_every_row(store: Neo4jStore, graph: Graph) -> None:
    seen: list[tuple[str, int, int]] = []
    store.write(graph, batch=10, progress=lambda *step: seen.append(step))
    total = len(graph.nodes) + len(graph.edges)
    assert [done for _, done, _ in seen] == sorted({done for _, done, _ in seen})
    assert seen[-1][1:] == (total, total)


@given(graphs())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives(store: Neo4jStore, graph: Graph) -> None:
    store.write(graph, prune=True)
    assert store.read_graph().canonical() == graph.canonical()


def test_prune_removes_what_is_gone_and_nothing_of_others(
    store: Neo4jStore, neo4j_server: Neo4jServer, graph: Graph
) -> None:
    store.write(graph)
    admin(
        neo4j_server,
        "MATCH (g:Method {id: 'method:grpo'}), (m:Method {id: 'method:dapo'}) "
        "SET g.embedding = [0.5], g:Favourite "
        "CREATE (mine:Method {id: 'mine', name: 'mine'})-[:BASED_ON {note: 'mine'}]->(g), (:Method {name: 'no id'}), "
        "(:Person {name: 'somebody'})-[:LIKES]->(m), (m)-[:BASED_ON {note: 'mine too'}]->(g)",
    )
    smaller = build_graph([grpo_record()])
    summary = store.write(smaller, prune=True)
    assert summary.kept == 1  # DAPO, which somebody likes
    assert summary.pruned_edges == len(graph.edges) - len(smaller.edges)
    assert summary.pruned_nodes == len(graph.nodes) - len(smaller.nodes) - 1
    left = store.read_graph()
    assert left.nodes.keys() - smaller.nodes.keys() == {("Method", "method:dapo")}
    assert left.edges == smaller.edges
    assert (
        admin(neo4j_server, "MATCH (n:Method {id: 'mine'})-[e:BASED_ON {note: 'mine'}]->() RETURN n._kg AS mark")[0][
            "mark"
        ]
        is None
    )
    assert admin(neo4j_server, "MATCH (n:Method {name: 'no id'}) RETURN count(*) AS n")[0]["n"] == 1
    assert (
        admin(neo4j_server, "MATCH (:Person)-[:LIKES]->(:Method {id: 'method:dapo'}) RETURN count(*) AS n")[0]["n"] == 1
    )
    assert admin(neo4j_server, "MATCH ()-[e:BASED_ON {note: 'mine too'}]->() RETURN count(*) AS n")[0]["n"] == 1
    assert admin(neo4j_server, "MATCH (n:Favourite) RETURN n.embedding AS e, n._kg AS mark")[0].values() == [
        [0.5],
        "kg",
    ]


def test_a_node_of_somebody_else_with_the_same_id_is_left_alone(
    store: Neo4jStore, neo4j_server: Neo4jServer, graph: Graph
) -> None:
    admin(neo4j_server, "CREATE (:Method {id: 'method:grpo', name: 'theirs'})")
    with pytest.raises(InputError, match="somebody else"):
        store.write(graph)
    assert admin(neo4j_server, "MATCH (n:Method {id: 'method:grpo'}) RETURN properties(n) AS p")[0]["p"] == {
        "id": "method:grpo", "name": "theirs",
    }  # fmt: skip


def long_names() -> Graph:
    """Names and a title of 10,000 characters, with the ids that this tool makes of them."""
    names = ["😀" * 10_000, "very deep " * 999 + "deep nets!"]
    record = make_record(
        paper_id("T" * 10_000),
        "T" * 10_000,
        f"We compare {names[0]} with {names[1]}.",
        [([name], METHOD, name, Role.PROPOSED) for name in names],
        source=("a.txt",),
    )
    return build_graph([Resolver(Registry()).fit([record]).apply(record)])


def test_names_of_ten_thousand_characters(store: Neo4jStore) -> None:
    graph = long_names()
    assert sorted(len(str(node["name"])) for node in graph.nodes.values()) == [10_000] * 3
    store.write(graph)
    assert store.read_graph().canonical() == graph.canonical()


def test_an_id_that_neo4j_cannot_index_is_named_before_anything_is_written(
    store: Neo4jStore, neo4j_server: Neo4jServer, graph: Graph
) -> None:
    identifier = "é" * 5_000
    long = Graph(graph.nodes | {("Method", identifier): {"id": identifier, "name": "é"}}, graph.edges)
    with pytest.raises(InputError, match=r"Method 'éé.* has an id of 10,000 bytes.*kg build --resolve"):
        store.write(long)
    assert admin(neo4j_server, "MATCH (n) RETURN count(n) AS n")[0]["n"] == 0


def test_two_nodes_of_others_with_one_id(store: Neo4jStore, neo4j_server: Neo4jServer, graph: Graph) -> None:
    admin(neo4j_server, "CREATE (:Method {id: 'x'}), (:Method {id: 'x'})")
    with pytest.raises(KgError, match="constraint"):
        store.write(graph)


def big_graph() -> Graph:
    """Enough rows for a load to be cut off in the middle."""
    graph = Graph()
    for number in range(600):
        for label in ("Method", "Model"):
            identifier = f"{label}{number}"
            graph.nodes[label, identifier] = {"id": identifier, "name": identifier, "aliases": [], "papers": 1}
        for step in (1, 2, 3):
            key = ("BASED_ON", ("Method", f"Method{number}"), ("Model", f"Model{number * step % (number + 1)}"))
            graph.edges[key] = {"confidence": 0.5, "papers": ["p"], "sentences": ["s"], "inferred": False}
    return graph


def test_two_loads_at_once_duplicate_nothing(neo4j_server: Neo4jServer) -> None:
    graph = big_graph()
    failures: list[BaseException] = []

    def load() -> None:
        try:
            with connect(neo4j_server) as store:
                store.write(graph, batch=50)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with connect(neo4j_server) as store:
        assert store.read_graph().canonical() == graph.canonical()
    assert admin(neo4j_server, "MATCH (n) RETURN count(n) AS n")[0]["n"] == len(graph.nodes)
    assert admin(neo4j_server, "MATCH ()-[e]->() RETURN count(e) AS n")[0]["n"] == len(graph.edges)


def test_nodes_that_another_load_wrote_meanwhile_are_merged(
    store: Neo4jStore, neo4j_server: Neo4jServer, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(graph)
    before = everything(neo4j_server)
    monkeypatch.setattr(kg.store.neo4j_load, "_has_none", lambda *_: True)  # as it was when this load looked
    monkeypatch.setattr(kg.store.neo4j_load, "_STATEMENT", 1)  # so that statements behind the failing one are under way
    store.write(graph)
    assert everything(neo4j_server) == before


@pytest.mark.parametrize("part", [0.2, 0.7])
def test_a_server_killed_in_mid_load(neo4j_server: Neo4jServer, part: float) -> None:
    graph = big_graph()
    killed = []

    def kill(_: str, done: int, total: int) -> None:
        if done > part * total and not killed:
            killed.append(done)
            neo4j_server.kill()

    store = connect(neo4j_server)
    store._driver.close()
    store._driver = neo4j.GraphDatabase.driver(
        neo4j_server.uri, auth=(neo4j_server.user, neo4j_server.password), max_transaction_retry_time=1
    )
    try:
        with store, pytest.raises(KgError, match="no Neo4j answers at"):
            store.write(graph, batch=100, progress=kill)
    finally:
        neo4j_server.start()
    with connect(neo4j_server) as store:
        half = store.counts()
        assert 0 < sum(half["nodes"].values()) + sum(half["edges"].values()) < len(graph.nodes) + len(graph.edges)
        store.write(graph)
        assert store.read_graph().canonical() == graph.canonical()
    assert admin(neo4j_server, "MATCH (n) RETURN count(n) AS n")[0]["n"] == len(graph.nodes)


def test_deadlocks_and_other_passing_errors_are_repeated(store: Neo4jStore, graph: Graph, monkeypatch) -> None:
    run, failures, checking = neo4j.ManagedTransaction.run, [], threading.Lock()

    def failing(transaction, query, *arguments, **rows):
        with checking:
            fails = "MERGE" in query and len(failures) < 2
            failures.extend([query] * fails)
        if fails:
            error = neo4j.exceptions.Neo4jError._hydrate_neo4j(
                code="Neo.TransientError.Transaction.DeadlockDetected", message="a deadlock made by the test"
            )
            raise error
        return run(transaction, query, *arguments, **rows)

    monkeypatch.setattr(neo4j.ManagedTransaction, "run", failing)
    store.write(graph)
    assert len(failures) == 2
    assert store.read_graph().canonical() == graph.canonical()


def test_rows_are_those_of_the_embedded_store(store: Neo4jStore, graph: Graph, tmp_path) -> None:
    from kg.store.ladybug import LadybugStore

    store.write(graph)
    with LadybugStore(tmp_path / "graph.lbug") as embedded:
        embedded.write(graph)
        for query in (
            "MATCH (d:Method)-[e:BASED_ON]->(g:Method) RETURN d, e, g ORDER BY d.id, g.id",
            "MATCH path = (:Paper)-[:PROPOSES]->(m:Method {id: 'method:dapo'})-[:BASED_ON]->(:Method) RETURN path",
            "MATCH (r:Result) RETURN r, r.number AS number, null AS no, [1, 2] AS list, 1.5 AS float ORDER BY r.id",
            "MATCH (m:Method) RETURN sum(m.papers) AS papers, count(*) AS n, sum(m.papers) * 1.0 / count(*) AS mean",
            "MATCH (p:Paper) RETURN p ORDER BY p.id",
            "MATCH (n:Paper) WHERE n.name = $name RETURN n",
        ):
            parameters = {"name": "DAPO at scale"}
            assert store.run(query, parameters) == embedded.run(query, parameters), query


@pytest.mark.parametrize(
    "query", ["MATCH (n) DETACH DELETE n", "CREATE (:X)", "LOAD CSV FROM 'file:///x' AS r RETURN r", ""]
)
def test_a_query_may_only_read(store: Neo4jStore, query: str) -> None:
    with pytest.raises(InputError):
        store.run(query)


def test_the_server_refuses_writes_in_queries_too(store: Neo4jStore) -> None:
    with pytest.raises(KgError, match=r"(?i)read"):
        store._read("CREATE (:X)")


@pytest.mark.parametrize("query", ["MATCH", "MATCH (n) RETURN m", "RETURN $absent AS x"])
def test_a_wrong_query_is_an_input_error(store: Neo4jStore, query: str) -> None:
    with pytest.raises(InputError):
        store.run(query)


def test_a_wrong_password(neo4j_server: Neo4jServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(InputError, match="NEO4J_PASSWORD") as caught:
        Neo4jStore(neo4j_server.uri, "neo4j", "not the secret")
    assert "not the secret" not in str(caught.value) + caplog.text


def test_the_password_is_shown_nowhere(
    neo4j_server: Neo4jServer, graph: Graph, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), connect(neo4j_server) as store:
        store.write(graph)
    assert PASSWORD not in repr(store) + caplog.text


def test_address_and_password_from_the_environment(neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", neo4j_server.uri)
    monkeypatch.setenv("NEO4J_USERNAME", neo4j_server.user)
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_server.password)
    with Neo4jStore() as store:
        assert store.counts() == {"nodes": {}, "edges": {}}


def test_a_database_that_is_not_there(neo4j_server: Neo4jServer) -> None:
    with pytest.raises(InputError, match="nowhere"):
        Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password, "nowhere")


def test_encryption_that_the_server_does_not_offer(neo4j_server: Neo4jServer) -> None:
    with pytest.raises(KgError, match="no Neo4j answers"):
        Neo4jStore(neo4j_server.uri.replace("bolt:", "bolt+s:"), neo4j_server.user, neo4j_server.password)


def test_closing_lets_other_threads_end_what_they_read(
    neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.store.neo4j._CLOSE_S", 120.0)
    slow = "UNWIND range(1, 15000) AS a UNWIND range(1, 15000) AS b RETURN count(*) AS n"
    store = connect(neo4j_server)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(store.run, slow)
        while not any("range(1, 15000)" in row["currentQuery"] for row in running(neo4j_server)):
            assert not reading.done()
        store.close()
        assert reading.result(timeout=2).rows == [[225_000_000]]


def running(server: Neo4jServer) -> list[neo4j.Record]:
    shown = admin(server, "SHOW TRANSACTIONS YIELD currentQuery")
    return [row for row in shown if "SHOW" not in row["currentQuery"]]
