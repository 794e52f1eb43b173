"""Shows answers: a table for a person, JSON, CSV or Markdown for what comes next."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import yaml
from rich import box
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from kg.ask.intent import Answer

_UNWATCHED_WIDTH = 100_000
"""Columns where no terminal is: every row stays on one line."""


class AnswerFormat(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


def render(answer: Answer, format: AnswerFormat | str, console: Console) -> None:
    """Writes an answer's rows, and in tables and Markdown the query that gave them.

    Notes and suggestions are not data: ``messages`` has them.

    Args:
        answer: what ``ask`` returned.
        format: "table", "json", "csv" or "markdown".
        console: where to; its file gets the text as it is, except for tables.
    """
    shape = AnswerFormat(format)
    if shape is AnswerFormat.JSON:
        _write(console, json.dumps(as_json(answer), ensure_ascii=False, indent=2, default=str) + "\n")
    elif shape is AnswerFormat.CSV:
        writer = csv.writer(console.file, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows([cell(value) for value in row] for row in answer.rows)
    elif shape is AnswerFormat.MARKDOWN:
        _write(console, _markdown(answer))
    else:
        _table(answer, console)


def messages(answer: Answer) -> list[str]:
    """What a person is told beside the rows: notes, then questions to try."""
    return [*answer.notes, *(f"try: {suggestion}" for suggestion in answer.suggestions)]


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as one JSON object with the five keys of the contract; ``messages`` are no data."""
    return {
        "question": answer.question,
        "query": answer.query,
        "parameters": answer.parameters,
        "columns": list(answer.columns),
        "rows": [list(row) for row in answer.rows],
    }


def explain(answer: Answer, console: Console) -> None:
    """Writes how the question was read: its intent, as YAML."""
    if answer.intent is None:
        _write(console, "no intent\n")
        return
    intent = answer.intent.model_dump(mode="json", exclude_defaults=True)
    _write(console, yaml.safe_dump(intent, sort_keys=False, allow_unicode=True))


def cell(value: Any) -> str:
    """A value as a person reads it; nothing where it is not known."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(cell(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(answer: Answer, console: Console) -> None:
    width = None
    if not console.is_terminal:
        console = Console(file=console.file, width=_UNWATCHED_WIDTH)
        width = _UNWATCHED_WIDTH
    if answer.rows:
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for name in answer.columns:
            table.add_column(name, overflow="fold", ratio=3 if name == "sentence" and width is None else None)
        for row in answer.rows:
            table.add_row(*(Text(cell(value)) for value in row))
        console.print(table, width=width)
    if answer.query:
        console.print()
        for name, value in answer.parameters.items():
            console.print(Text(f"// ${name} = {value!r}"), width=width)
        shown = (
            Syntax(answer.query, "cypher", background_color="default") if console.is_terminal else Text(answer.query)
        )
        console.print(shown, width=width)


def _markdown(answer: Answer) -> str:
    lines = []
    if answer.rows:
        lines = markdown(answer.columns, answer.rows).split("\n")
    if answer.query:
        lines += ["", "```cypher", *(f"// ${name} = {value!r}" for name, value in answer.parameters.items())]
        lines += [answer.query, "```"]
    return "".join(f"{line}\n" for line in lines)


def markdown(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table in Markdown, without a line break at its end."""
    lines = [_markdown_row(columns), _markdown_row(["---"] * len(columns))]
    return "\n".join([*lines, *(_markdown_row([cell(value) for value in row]) for row in rows)])


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(text.replace("|", "\\|").split()) for text in cells) + " |"


def _write(console: Console, text: str) -> None:
    console.file.write(text)
