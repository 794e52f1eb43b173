"""Answers on paper: every format, and what a program reads back."""

from __future__ import annotations

import csv
import io
import json

import pytest
import yaml
from rich.console import Console

from kg.ask import Asker
from kg.ask.render import explain, messages, render


def written(asker: Asker, question: str, format: str) -> str:
    console = Console(file=io.StringIO())
    render(asker.ask(question), format, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert isinstance(text, str)
    return text


def test_json_has_the_keys_of_the_contract(asker: Asker) -> None:
    found = json.loads(written(asker, "which methods report on MATH500", "json"))
    assert list(found)[:5] == ["question", "query", "parameters", "columns", "rows"]
    assert found["columns"][0] == "method"
    assert {row[0] for row in found["rows"]} == {"GRPO", "TreeGRPO"}


def test_csv_is_read_back_by_the_standard_library(asker: Asker) -> None:
    rows = list(csv.DictReader(io.StringIO(written(asker, "which methods report on MATH500", "csv"))))
    assert {(row["method"], row["value"]) for row in rows} >= {("GRPO", "88.2%"), ("TreeGRPO", "92.4%")}


def test_a_table_shows_rows_and_the_query_with_its_parameters(asker: Asker) -> None:
    table = written(asker, "which methods report on MATH500", "table")
    assert "92.4%" in table and "MATCH (x:Method)" in table and "// $name1 = 'benchmark:math500'" in table


def test_sentences_stand_below_a_table_once_each_by_paper(asker: Asker) -> None:
    answer = asker.ask("which methods report on MATH500")
    lines = written(asker, "which methods report on MATH500", "table").splitlines()
    sentences = {row[answer.columns.index("sentence")] for row in answer.rows}
    below = " ".join(" ".join(lines).split())
    assert len(sentences) < len(answer.rows) + 1 and all(below.count(sentence) == 1 for sentence in sentences)
    assert all(lines.count(str(row[answer.columns.index("paper")])) == 1 for row in answer.rows)
    marks = [line.rsplit("[")[-1].rstrip("] ") for line in lines[2 : 2 + len(answer.rows)]]
    assert {int(mark) for mark in marks} == set(range(1, len(sentences) + 1))


@pytest.mark.parametrize("width", [80, 140])
def test_a_table_fits_the_terminal(asker: Asker, width: int) -> None:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    render(asker.ask("which methods report on MATH500"), "table", console)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert max(map(len, lines)) <= width
    assert any(line.startswith("TreeGRPO ") and "92.4%" in line for line in lines), "a row is one line"


def test_a_name_is_not_repeated_among_its_aliases(asker: Asker) -> None:
    row = next(line for line in written(asker, "what is GRPO", "table").splitlines() if line.startswith("GRPO"))
    assert row.split().count("GRPO") == 1 and "Group Relative Policy Optimization" in row


def test_markdown_keeps_a_row_on_a_line(asker: Asker) -> None:
    lines = written(asker, "what is GRPO", "markdown").splitlines()
    assert lines[0].startswith("| name | type |") and lines[1].startswith("| --- |") and lines[2].startswith("| GRPO |")
    assert "```cypher" in lines


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
def test_a_question_without_rows_is_written_too(asker: Asker, format: str) -> None:
    assert "Traceback" not in written(asker, "which methods report on Nothing-77", format)


def test_messages_hold_the_nearest_names_and_what_to_try(asker: Asker) -> None:
    said = messages(asker.ask("which methods report on MATHS5000"))
    assert any("MATH500" in line for line in said) and any(line.startswith("try: ") for line in said)


def test_explain_writes_the_intent(asker: Asker) -> None:
    console = Console(file=io.StringIO())
    explain(asker.ask("top 2 methods on MATH500 by accuracy"), console)
    intent = yaml.safe_load(console.file.getvalue())  # type: ignore[attr-defined]
    assert (intent["form"], intent["limit"], intent["metric"]["names"]) == ("best", 2, ["accuracy"])
