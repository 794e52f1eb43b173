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
    assert "92.4%" in table and "MATCH (x:Method)" in table and "// $names1 = ['benchmark:math500']" in table


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
