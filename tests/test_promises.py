"""What the README promises, end to end: real files, the shipped pipeline, real processes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import networkx
import pytest

from kg import KnowledgeGraph
from kg.resources import resource
from tests.neo4j_server import Neo4jServer

SAMPLE = sorted(resource("sample").glob("*.txt"))
SPELLINGS = ("MATH500", "MATH-500", "Math 500", "math 500")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the sample, built once by the program."""
    folder = tmp_path_factory.mktemp("sample")
    kg("build", "--sample", cwd=folder)
    return folder / "graph.lbug"


def kg(*arguments: str, cwd: Path) -> str:
    """What the program prints; it must succeed."""
    program = Path(sys.executable).with_name("kg")
    done = subprocess.run([program, *arguments], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.promise("Spelled MATH500, MATH-500, Math 500 or math 500, it is one benchmark.")
def test_every_spelling_gives_the_same_answer(built: Path) -> None:
    with KnowledgeGraph(built) as graph:
        answers = [graph.ask(f"which methods report on {spelling}") for spelling in SPELLINGS]
        names = [p["name"] for (label, _), p in graph.graph().nodes.items() if label == "Benchmark"]
    assert answers[0].rows
    assert all(answer.rows == answers[0].rows for answer in answers)
    assert names.count("MATH500") == 1
    assert not set(names) & {"MATH-500", "Math 500", "math 500"}


@pytest.mark.slow
@pytest.mark.promise("The sentence that each fact was read from.")
def test_every_fact_has_a_sentence_that_stands_in_its_paper(built: Path) -> None:
    with KnowledgeGraph(built) as graph:
        everything = graph.graph()
    texts = {id_: f"{p['title']}\n{p['abstract']}" for (label, id_), p in everything.nodes.items() if label == "Paper"}
    facts = 0
    for properties in everything.edges.values():
        papers, sentences = properties.get("papers"), properties.get("sentences")
        if isinstance(papers, list) and isinstance(sentences, list):
            assert papers and len(papers) == len(sentences)
            assert all(str(sentence) in texts[str(paper)] for paper, sentence in zip(papers, sentences, strict=True))
            facts += 1
    assert facts > 100


@pytest.mark.slow
@pytest.mark.promise("The same on every run: building twice, in parts, or in another order gives the same graph.")
def test_text_in_another_order_and_in_parts_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    with KnowledgeGraph(built) as whole, KnowledgeGraph(tmp_path / "parts.lbug") as parts:
        for file in reversed(SAMPLE):
            parts.build([file])
        expected = whole.export(tmp_path / "whole.graphml").read_bytes()
        assert parts.export(tmp_path / "parts.graphml").read_bytes() == expected


@pytest.mark.slow
@pytest.mark.promise("Extraction records make the same graph as the papers that they were read from.")
def test_records_make_the_graph_of_their_papers(built: Path, tmp_path: Path) -> None:
    kg("extract", *map(str, SAMPLE), "-o", "records.jsonl", cwd=tmp_path)
    kg("build", "records.jsonl", cwd=tmp_path)
    with KnowledgeGraph(built) as whole, KnowledgeGraph(tmp_path / "graph.lbug") as of_records:
        assert of_records.graph().canonical() == whole.graph().canonical()


@pytest.mark.slow
@pytest.mark.promise("GraphML that networkx reads.")
def test_graphml_has_every_node_and_edge(built: Path, tmp_path: Path) -> None:
    with KnowledgeGraph(built) as graph:
        counts = graph.stats()
        read = networkx.read_graphml(graph.export(tmp_path / "graph.graphml"), force_multigraph=True)
    assert read.number_of_nodes() == sum(counts["nodes"].values())
    assert read.number_of_edges() == sum(counts["edges"].values())


@pytest.mark.slow
@pytest.mark.neo4j
@pytest.mark.promise("The same graph in Neo4j; loading twice changes nothing; the same questions there.")
def test_neo4j_holds_and_answers_the_same(built: Path, neo4j_server: Neo4jServer) -> None:
    with (
        KnowledgeGraph(built) as here,
        KnowledgeGraph(neo4j_server.uri, user=neo4j_server.user, password=neo4j_server.password) as there,
    ):
        for _ in range(2):
            here.load(neo4j_server.uri, user=neo4j_server.user, password=neo4j_server.password)
            assert there.graph().canonical() == here.graph().canonical()
        question = "which methods report on MATH500"
        assert there.ask(question).rows == here.ask(question).rows


@pytest.mark.slow
@pytest.mark.promise("All five text dumps: 590 papers read, 510 different ones.")
def test_the_whole_corpus_is_read(shared: Path, tmp_path: Path) -> None:
    dumps = sorted((shared / "corpus").glob("*.txt"))
    kg("build", *map(str, dumps), cwd=tmp_path)
    assert json.loads(kg("stats", "--format", "json", cwd=tmp_path))["nodes"]["Paper"] == 510
    before = (tmp_path / "graph.lbug").stat().st_mtime_ns
    kg("build", *map(str, reversed(dumps)), cwd=tmp_path)
    assert (tmp_path / "graph.lbug").stat().st_mtime_ns == before
