import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import InputError, KgError
from kg.schema import EDGE_TYPES, NODE_LABELS
from kg.store.catalogue import catalogue
from kg.store.cypher import parameter_names
from kg.store.ladybug import LadybugStore
from kg.store.queries import NamedQuery, _parse, list_queries, load_query, run_query
from tests.export.graphs import texts
from tests.store.library import library_graph

QUERIES = list_queries()
NAMES = [query.name for query in QUERIES]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory):
    with LadybugStore(tmp_path_factory.mktemp("store") / "graph.lbug") as store:
        store.write(library_graph())
        yield store


@pytest.mark.parametrize("name", NAMES)
def test_every_query_answers_its_example(embedded: LadybugStore, name: str) -> None:
    query = load_query(name)
    rows = run_query(embedded, name, query.examples())
    assert len(rows) > 0
    assert rows.columns == list(query.columns)


@pytest.mark.parametrize("name", NAMES)
def test_every_query_is_documented_as_it_is(name: str) -> None:
    query = load_query(name)
    assert query.title and query.description.endswith(".")
    assert {parameter.name for parameter in query.parameters} == parameter_names(query.cypher)
    assert all(parameter.description for parameter in query.parameters)
    assert "ORDER BY" in query.cypher
    used = set(re.findall(r"[:|]`?([A-Za-z_]+)", re.sub(r"//.*", "", query.cypher)))
    assert used <= NODE_LABELS.keys() | EDGE_TYPES.keys()


@pytest.mark.promise("at least 25 named queries")
def test_there_are_many() -> None:
    assert len(QUERIES) >= 25


@pytest.mark.parametrize("spelling", ["MATH500", "math500", "MATH-500", "Math 500"])
def test_names_match_in_any_case_and_by_every_surface(embedded: LadybugStore, spelling: str) -> None:
    rows = run_query(embedded, "leaderboard", {"benchmark": spelling, "metric": "Accuracy"})
    assert [row[:3] for row in rows.rows] == [["DAPO", 88.1, "88.1%"], ["GRPO", 83.6, "83.6%"], ["GRPO", 79.0, "79.0%"]]


def test_lineage_and_extensions_count_steps(embedded: LadybugStore) -> None:
    assert run_query(embedded, "lineage", {"method": "dr. grpo"}).rows == [["DAPO", 1], ["GRPO", 2], ["PPO", 3]]
    assert run_query(embedded, "builds_on", {"method": "grpo"}).rows == [["DAPO", 1], ["Dr. GRPO", 2]]


def test_contradictions_are_found(embedded: LadybugStore) -> None:
    (row,) = run_query(embedded, "contradicting_results").rows
    assert row[:5] == ["GRPO", "MATH500", "accuracy", "79.0%", "83.6%"]
    (claim,) = run_query(embedded, "contradicting_claims").rows
    assert claim[:2] == ["GRPO", "PPO"]


def test_a_trend_counts_each_paper_once(embedded: LadybugStore) -> None:
    assert run_query(embedded, "trend_of_method", {"method": "grpo"}).rows == [["2024", 1, 0, 0], ["2025", 2, 1, 1]]


def test_values_are_converted_and_optional_ones_may_be_left_out(embedded: LadybugStore) -> None:
    assert len(run_query(embedded, "leaderboard", {"benchmark": "MATH500", "metric": "accuracy", "limit": "1"})) == 1
    assert len(run_query(embedded, "leaderboard", {"benchmark": "MATH500", "metric": "accuracy"})) == 3


@pytest.mark.slow
@given(st.sampled_from(QUERIES), texts | st.sampled_from(["x' OR 1=1 //", "`", "{}", "$limit", "'", '"', "\\"]))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_can_be_injected_through_a_name(embedded: LadybugStore, query: NamedQuery, name: str) -> None:
    parameters = {parameter.name: name for parameter in query.parameters if parameter.type not in ("int", "float")}
    if parameters:
        assert run_query(embedded, query.name, parameters).rows == []
    assert embedded.counts() == library_graph().counts()


def test_an_unknown_query_gets_the_nearest_names(embedded: LadybugStore) -> None:
    with pytest.raises(InputError, match=r"no query 'leaderbord'; did you mean leaderboard"):
        run_query(embedded, "leaderbord")
    assert load_query("Methods-on-benchmark").name == "methods_on_benchmark"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, r'needs benchmark, metric; add --param "benchmark=MATH500" --param "metric=accuracy"'),
        (
            {"benchmark": "MATH500", "metric": "accuracy", "top": 1},
            r"has no parameter top; it takes: benchmark, limit, metric",
        ),
        (
            {"benchmark": "MATH500", "metric": "accuracy", "limit": "many"},
            r"limit cannot be 'many'; give a whole number",
        ),
        ({"benchmark": "MATH500", "metric": "accuracy", "limit": 2.5}, r"limit cannot be 2.5"),
        ({"benchmark": "MATH500", "metric": "accuracy", "limit": -1}, r"limit cannot be -1; give zero or more"),
        ({"benchmark": ["MATH500"], "metric": "accuracy"}, r"benchmark cannot be \['MATH500'\]; give a text"),
    ],
)
def test_wrong_parameters_are_named(embedded: LadybugStore, given: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        run_query(embedded, "leaderboard", given)


@pytest.mark.parametrize("header", ["// what: is this", "// param limit: number = 3", "// param limit: int"])
def test_a_wrong_header_is_named(header: str) -> None:
    with pytest.raises(KgError, match=r"broken\.cypher:2"):
        _parse("broken", f"// title: A title\n{header}\nRETURN 1")


def test_the_catalogue_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "queries.md"
    assert page.read_text(encoding="utf-8") == catalogue(), "run: python -m kg.store.catalogue docs/queries.md"


@pytest.mark.neo4j
@pytest.mark.slow
@pytest.mark.promise("the same rows on both databases")
def test_the_same_rows_in_the_same_order_on_neo4j(embedded: LadybugStore, neo4j_server) -> None:
    from kg.store.neo4j import Neo4jStore

    with Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password) as server:
        server.write(library_graph())
        for query in QUERIES:
            expected = run_query(embedded, query.name, query.examples())
            assert run_query(server, query.name, query.examples()) == expected, query.name
            assert len(expected) > 0
