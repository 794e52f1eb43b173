"""What each command prints and writes, on a graph of three annotated papers."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import networkx
import pytest

from kg import KnowledgeGraph
from kg.resources import resource
from tests.command_line import Kg, annotated, write_lines


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``papers.jsonl`` and the graph of it."""
    folder = tmp_path_factory.mktemp("built")
    papers = write_lines(folder / "papers.jsonl", *(annotated(number) for number in (1, 2, 3)))
    with KnowledgeGraph(folder / "graph.lbug") as graph:
        graph.build([papers])
    return folder


@pytest.fixture
def at(kg: Kg, built: Path, tmp_path: Path) -> Kg:
    """The command line in a folder with a copy of the graph."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return kg


def test_build_says_what_it_did_on_standard_error(kg: Kg, built: Path) -> None:
    outcome = kg("build", str(built / "papers.jsonl"), "--graph", "new.lbug")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == ("new.lbug: 3 papers read, 3 of them new; 3 papers in the graph, 12 nodes, 42 edges\n")


def test_broken_records_stop_a_build_or_are_told_and_left_out(kg: Kg, tmp_path: Path) -> None:
    papers = write_lines(tmp_path / "mixed.jsonl", annotated(1), {"title": 3}, annotated(2))
    stopped = kg("build", str(papers))
    assert stopped.code == 2 and f"{papers}:2: " in stopped.err and not (tmp_path / "graph.lbug").exists()
    outcome = kg("build", str(papers), "--on-error", "skip")
    assert outcome.code == 0
    assert f"skipped: {papers}:2: " in outcome.err
    assert "2 papers read, 2 of them new" in outcome.err and "; 1 broken records skipped\n" in outcome.err


def test_stages_are_timed_on_demand(kg: Kg, built: Path) -> None:
    outcome = kg("build", str(built / "papers.jsonl"), "--timings")
    said = [line.split(": ")[0] for line in outcome.err.splitlines()]
    stages = ["Reading papers", "Resolving names", "Building the graph", "Writing the graph", "Indexing the names"]
    assert said == ["graph.lbug", *stages]
    assert "s, 3 papers, " in outcome.err


def test_wrong_columns_are_refused(kg: Kg, built: Path) -> None:
    for columns in ("title", "title=", "name=x"):
        outcome = kg("build", str(built / "papers.jsonl"), "--columns", columns)
        assert outcome.code == 2 and ("--columns is" in outcome.err or "no field 'name'" in outcome.err)


def test_stats_in_every_format(at: Kg) -> None:
    counts = json.loads(at("stats", "--format", "json").out)
    assert counts["nodes"] == {"Benchmark": 1, "Method": 4, "Metric": 1, "Paper": 3, "Result": 3}
    rows = list(csv.DictReader(io.StringIO(at("stats", "--format", "csv").out)))
    assert {row["name"]: int(row["count"]) for row in rows if row["kind"] == "edge"} == counts["edges"]
    table = at("stats")
    assert table.code == 0 and "OUTPERFORMS" in table.out and table.err == ""


def test_ask_as_json_has_the_agreed_keys(at: Kg) -> None:
    outcome = at("ask", "which methods report on math 500", "--format", "json")
    answer = json.loads(outcome.out)
    assert list(answer) == ["question", "query", "parameters", "columns", "rows"]
    assert answer["question"] == "which methods report on math 500"
    assert "MATCH" in answer["query"]
    assert {row[0] for row in answer["rows"]} == {"Foo1Net", "Foo2Net", "Foo3Net"}


def test_ask_as_a_table_shows_the_query_and_the_sentence(at: Kg) -> None:
    outcome = at("ask", "which methods report on MATH500")
    assert outcome.code == 0
    assert "MATCH" in outcome.out
    assert "Foo2Net reaches 52.5% accuracy on MATH-500 and beats BarNet." in outcome.out


def test_ask_as_csv_is_rows_and_nothing_else(at: Kg) -> None:
    outcome = at("ask", "what outperforms BarNet", "--format", "csv")
    first, *rows = list(csv.reader(io.StringIO(outcome.out)))
    assert len(rows) == 3 and all(len(row) == len(first) for row in rows)


def test_query_runs_by_name_and_takes_parameters(at: Kg) -> None:
    outcome = at("query", "results_on_benchmark", "--param", "benchmark=math-500", "--format", "json")
    found = json.loads(outcome.out)
    assert outcome.code == 0
    assert len(found["rows"]) == 3 and all(len(row) == len(found["columns"]) for row in found["rows"])


def test_query_lists_every_file_of_the_folder(kg: Kg) -> None:
    listed = {row["query"] for row in csv.DictReader(io.StringIO(kg("query", "--list", "--format", "csv").out))}
    assert listed == {file.stem for file in (resource("cypher") / "queries").glob("*.cypher")}


@pytest.mark.parametrize(
    "line",
    [
        ("query",),
        ("query", "leaderbord"),
        ("query", "leaderboard", "-p", "x=1"),
        ("query", "leaderboard", "-p", "limit"),
    ],
)
def test_a_wrong_query_or_parameter_is_told(at: Kg, line: tuple[str, ...]) -> None:
    outcome = at(*line)
    assert (outcome.code, outcome.out) == (2, "") and outcome.err.startswith("kg: ")


def test_an_unknown_name_gives_the_nearest_ones_and_no_rows(at: Kg) -> None:
    outcome = at("ask", "which methods report on MATH5000", "--format", "json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["rows"] == []
    assert "MATH500" in outcome.err


def test_export_writes_what_networkx_reads(at: Kg, tmp_path: Path) -> None:
    outcome = at("export", "out.graphml")
    assert (outcome.code, outcome.out) == (0, "")
    assert networkx.read_graphml(tmp_path / "out.graphml").number_of_nodes() == 12


def test_export_to_an_unknown_suffix_names_the_known_ones(at: Kg) -> None:
    outcome = at("export", "out.xyz")
    assert outcome.code == 2 and ".graphml" in outcome.err


@pytest.mark.parametrize(
    ("address", "code"), [("http://localhost:7687", 2), ("localhost", 2), ("bolt://127.0.0.1:1", 1)]
)
def test_load_where_there_is_no_server(at: Kg, address: str, code: int) -> None:
    outcome = at("load", "--to", address, "--user", "neo4j", "--password", "a-secret-word")
    assert outcome.code == code
    assert len(outcome.err.splitlines()) == 1 and "a-secret-word" not in outcome.err


def test_evaluate_scores_given_records(kg: Kg, tmp_path: Path) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", annotated(1), annotated(2))
    write_lines(tmp_path / "pred.jsonl", annotated(1))  # annotations are records too
    outcome = kg("evaluate", "--gold", str(gold), "--pred", "pred.jsonl", "--format", "json")
    scores = json.loads(outcome.out)
    assert outcome.code == 0
    assert scores["mention"] == {"precision": 100.0, "recall": 50.0, "f1": 66.7, "annotated": 12, "predicted": 6}
    assert scores["result"]["recall"] == 50.0
    errors = kg("evaluate", "--gold", str(gold), "--pred", "pred.jsonl", "--errors", "--format", "csv")
    assert {row["kind"] for row in csv.DictReader(io.StringIO(errors.out))} == {"missed"}


def test_registry_check_finds_no_fault_in_what_ships(kg: Kg) -> None:
    outcome = kg("registry", "check")
    assert (outcome.code, outcome.out) == (0, "")


def test_registry_check_names_the_conflicts_of_a_file(kg: Kg, tmp_path: Path) -> None:
    entries = (f"- {{name: {name}, type: Benchmark, aliases: [AB-1]}}\n" for name in ("AlphaBench", "BetaBench"))
    (tmp_path / "mine.yaml").write_text("".join(entries), encoding="utf-8")
    outcome = kg("registry", "check", "mine.yaml")
    assert outcome.code == 1
    assert "AlphaBench, BetaBench" in outcome.out


def test_registry_suggest_writes_a_registry_of_what_it_lacks(at: Kg, tmp_path: Path) -> None:
    outcome = at("registry", "suggest", "--papers", "1")
    assert outcome.code == 0
    assert "methods:\n" in outcome.out and "{name: BarNet}" in outcome.out
    assert "MATH500" not in outcome.out
    (tmp_path / "mine.yaml").write_text(outcome.out, encoding="utf-8")
    assert at("registry", "check", "mine.yaml").code == 0


def test_ask_explains_how_it_read_the_question(at: Kg) -> None:
    outcome = at("ask", "which methods report on math 500", "--explain", "--format", "markdown")
    assert outcome.code == 0 and outcome.out.startswith("| method |")
    assert "kind:" in outcome.err
