import logging

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.graph import Graph, build_graph
from kg.graph.build import paper_properties
from kg.schema import EDGE_TYPES, NODE_LABELS, Entity, EntityType, Mention, Paper, Record, Relation, RelationType, Role
from tests.graph.samples import dapo_record, grpo_record, random_records

PYTHON_TYPES = {"string": str, "float": float, "int": int, "bool": bool, "strings": list, "ints": list}


@pytest.fixture(scope="module")
def graph() -> Graph:
    return build_graph([grpo_record(), dapo_record()])


def test_nodes_of_the_five_types_papers_and_results(graph: Graph) -> None:
    assert graph.counts()["nodes"] == {"Benchmark": 1, "Method": 3, "Metric": 2, "Paper": 2, "Result": 4, "Task": 1}
    paper = graph.nodes["Paper", "p1"]
    assert paper["name"] == paper["title"] == "GRPO: Group Relative Policy Optimization"
    assert paper["authors"] == ["A. Author", "B. Author"]
    assert "doi" not in paper


def test_one_node_for_one_thing_with_every_surface_and_the_papers_that_mention_it(graph: Graph) -> None:
    benchmark = graph.nodes["Benchmark", "benchmark:math500"]
    assert benchmark == {"id": "benchmark:math500", "name": "MATH500", "aliases": ["MATH-500", "MATH500"], "papers": 2}
    assert graph.nodes["Method", "method:grpo"]["aliases"] == ["GRPO", "Group Relative Policy Optimization"]


def test_mentions_have_their_offsets_and_sentences(graph: Graph) -> None:
    edge = graph.edges["MENTIONS", ("Paper", "p1"), ("Method", "method:ppo")]
    text = grpo_record().text
    assert [text[s:e] for s, e in zip(edge["starts"], edge["ends"], strict=True)] == ["PPO", "PPO"]
    assert edge["sentences"][1] == "On MATH500, GRPO reaches 83.6% accuracy, 4.2 points above PPO."
    assert edge["papers"] == ["p1", "p1"]
    assert edge["confidence"] == 0.9


def test_a_role_is_shown_by_the_sentence_that_states_it(graph: Graph) -> None:
    compares = graph.edges["COMPARES_WITH", ("Paper", "p1"), ("Method", "method:ppo")]
    assert compares["sentences"] == ["On MATH500, GRPO reaches 83.6% accuracy, 4.2 points above PPO."]
    proposes = graph.edges["PROPOSES", ("Paper", "p1"), ("Method", "method:grpo")]
    assert proposes["sentences"][0].startswith("We propose GRPO")


def test_an_implied_metric_has_its_node_and_its_measures_edge_only(graph: Graph) -> None:
    key = ("Metric", "metric:speedup")
    assert graph.nodes[key] == {"id": "metric:speedup", "name": "speedup", "aliases": [], "papers": 0}
    assert {kind for kind, source, target in graph.edges if key in (source, target)} == {"MEASURES"}


def test_results_say_what_they_belong_to(graph: Graph) -> None:
    (key,) = [key for key, node in graph.nodes.items() if key[0] == "Result" and node["value"] == "4.2 points"]
    assert graph.nodes[key]["name"] == "GRPO · MATH500 · accuracy · 4.2 points"
    assert (graph.nodes[key]["number"], graph.nodes[key]["unit"], graph.nodes[key]["kind"]) == (
        4.2,
        "points",
        "relative",
    )
    ends = {kind: target[1] for kind, source, target in graph.edges if source == key}
    assert ends == {
        "OF": "method:grpo", "ON": "benchmark:math500", "MEASURES": "metric:accuracy", "AGAINST": "method:ppo",
    }  # fmt: skip
    assert ("HAS_RESULT", ("Paper", "p1"), key) in graph.edges


def test_papers_are_independent_witnesses(graph: Graph) -> None:
    other = dapo_record().model_copy(update={"id": "p3"})
    both = build_graph([dapo_record(), other])
    edge = both.edges["OUTPERFORMS", ("Method", "method:dapo"), ("Method", "method:grpo")]
    assert edge["confidence"] == 0.91
    assert edge["papers"] == ["p2", "p3"]


def _relation(inferred: bool, evidence: tuple[int, int]) -> Relation:
    return Relation(subject="a", type=RelationType.BASED_ON, object="b", evidence=evidence, inferred=inferred)


def _pair(identifier: str, *relations: Relation, names: tuple[str, str] = ("A", "B")) -> Record:
    entities = [Entity(id=i, name=n, type=EntityType.METHOD, role=Role.USED) for i, n in zip("ab", names, strict=True)]
    return Record(id=identifier, title="Title", abstract="One two three.", entities=entities, relations=relations)


def test_a_relation_is_inferred_only_if_every_statement_is() -> None:
    key = ("BASED_ON", ("Method", "a"), ("Method", "b"))
    inferred = _pair("p1", _relation(True, (6, 9)))
    assert build_graph([inferred]).edges[key]["inferred"] is True
    assert build_graph([inferred, _pair("p2", _relation(False, (6, 9)))]).edges[key]["inferred"] is False
    assert build_graph([_pair("p1", _relation(True, (6, 9)), _relation(False, (6, 9)))]).edges[key]["inferred"] is False


def test_the_most_frequent_name_holds_and_ties_go_to_the_first() -> None:
    relation = _relation(False, (6, 9))
    records = [_pair(f"p{i}", relation, names=(name, "B")) for i, name in enumerate(["x", "y", "y", "x", "z"])]
    assert build_graph(records).nodes["Method", "a"]["name"] == "x"
    assert build_graph([*records, _pair("p9", relation, names=("y", "B"))]).nodes["Method", "a"]["name"] == "y"


def test_one_id_with_two_types_is_two_nodes() -> None:
    def mentioned(paper: str, kind: EntityType) -> Record:
        return Record(
            id=paper, title="BERT here", abstract="",
            entities=[Entity(id="bert", name="BERT", type=kind, role=Role.USED)],
            mentions=[Mention(start=0, end=4, text="BERT", type=kind, entity="bert")],
        )  # fmt: skip

    graph = build_graph([mentioned("p1", EntityType.METHOD), mentioned("p2", EntityType.MODEL)])
    assert graph.counts()["nodes"] == {"Method": 1, "Model": 1, "Paper": 2}
    assert graph.counts()["edges"] == {"MENTIONS": 2, "USES": 2}


def test_what_the_schema_forbids_is_left_out_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    record = grpo_record()
    wrong = Relation(subject="benchmark:math500", type=RelationType.BASED_ON, object="nothing", evidence=(0, 4))
    itself = Relation(subject="method:ppo", type=RelationType.BASED_ON, object="method:ppo", evidence=(0, 4))
    with caplog.at_level(logging.WARNING):
        graph = build_graph([record.model_copy(update={"relations": (*record.relations, wrong, itself)})])
    assert graph == build_graph([record])
    assert "p1" in caplog.text and "nothing" in caplog.text


@pytest.mark.slow
@settings(deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(seed: int, rng) -> None:
    records = random_records(seed)
    expected = build_graph(records)
    rng.shuffle(records)
    cut = rng.randrange(len(records) + 1)
    shuffled = build_graph(iter(records[cut:] + records[:cut]))
    assert shuffled.canonical() == expected.canonical()
    assert list(shuffled.nodes) == list(expected.nodes)
    assert list(shuffled.edges) == list(expected.edges)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_every_random_graph_keeps_the_schema_and_gives_evidence(seed: int) -> None:
    graph = build_graph(random_records(seed))
    for (label, identifier), node in graph.nodes.items():
        assert node["id"] == identifier and node["name"]
        for name, value in node.items():
            assert isinstance(value, PYTHON_TYPES[NODE_LABELS[label].properties[name]])
    for (kind, source, target), edge in graph.edges.items():
        assert source in graph.nodes and target in graph.nodes
        assert (source[0], target[0]) in EDGE_TYPES[kind].pairs
        assert set(edge) == set(EDGE_TYPES[kind].properties)
        if edge:
            assert edge["papers"] == sorted(edge["papers"]) and len(edge["papers"]) == len(edge["sentences"]) > 0
            assert all(edge["sentences"]) and 0 <= edge["confidence"] <= 1


def test_counts_canonical_form_and_networkx_view_agree(graph: Graph) -> None:
    view = graph.to_networkx()
    assert isinstance(view, networkx.MultiDiGraph)
    assert view.number_of_nodes() == len(graph.nodes) == sum(graph.counts()["nodes"].values())
    assert view.number_of_edges() == len(graph.edges) == sum(graph.counts()["edges"].values())
    assert view.nodes["Method:method:grpo"]["label"] == "Method"
    assert view.edges["Paper:p1", "Method:method:grpo", "PROPOSES"]["papers"] == ["p1"]
    assert graph.canonical().count("\n") == len(graph.nodes) + len(graph.edges)


def families(names):
    """GRPO is a variant of PPO, and the speedup, which no paper mentions, of accuracy."""
    assert names["Method", "method:grpo"] == "GRPO"
    assert {label for label, _ in names} <= set(EntityType)
    yield ("Method", "method:grpo"), ("Method", "method:ppo"), 0.9
    yield ("Metric", "metric:speedup"), ("Metric", "metric:accuracy"), 1.0
    yield ("Method", "method:dapo"), ("Method", "method:trpo"), 1.0


def test_a_variant_is_joined_to_its_family_by_a_sentence_of_each_paper_that_mentions_it() -> None:
    graph = build_graph([dapo_record(), grpo_record()], families)
    edges = {key: edge for key, edge in graph.edges.items() if key[0] == "VARIANT_OF"}
    assert edges == {
        ("VARIANT_OF", ("Method", "method:grpo"), ("Method", "method:ppo")): {
            "confidence": 0.9,
            "papers": ["p1", "p2"],
            "sentences": [
                "GRPO: Group Relative Policy Optimization",
                "DAPO outperforms GRPO on MATH-500 with an accuracy of 88.1%.",
            ],
        }
    }
    assert build_graph([grpo_record(), dapo_record()], families) == graph


@pytest.mark.parametrize(
    ("arxiv", "published", "expected"),
    [
        ("2501.01234", None, "2025-01"),
        ("0704.0001", None, "2007-04"),
        ("cs/9901001", None, "1999-01"),
        ("math.GT/0309136", None, "2003-09"),
        ("2501.01234", "2025-01-03", "2025-01-03"),
        ("2513.01234", None, None),
        (None, None, None),
    ],
)
def test_a_paper_without_a_date_has_the_month_of_its_arxiv_id(
    arxiv: str | None, published: str | None, expected: str | None
) -> None:
    paper = Paper(id="x", title="T", abstract="A", arxiv_id=arxiv, published=published)
    assert paper_properties([paper]).get("published") == expected
