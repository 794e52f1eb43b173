"""Shows answers: a table for a person, JSON, CSV or Markdown for what comes next."""

from __future__ import annotations

import csv
import itertools
import json
import textwrap
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
_TEXT_WIDTH = 100
"""Columns of running text where no terminal is."""


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
    width: int | None = None
    if not console.is_terminal:
        console = Console(file=console.file, width=_UNWATCHED_WIDTH)
        width = _UNWATCHED_WIDTH
    if answer.rows:
        cited = Cited(answer)
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for name in cited.columns:
            long = width is None and name in ("sentence", "paper")
            table.add_column(name, overflow="fold", ratio=(3 if name == "sentence" else 2) if long else None)
        for row in cited.rows:
            table.add_row(*map(Text, row))
        console.print(table, width=width)
        _quote(cited, console, console.width if width is None else _TEXT_WIDTH)
    if answer.query:
        console.print()
        for name, value in answer.parameters.items():
            console.print(Text(f"// ${name} = {value!r}", style="dim"), width=width)
        shown = (
            Syntax(answer.query, "cypher", background_color="default", word_wrap=True)
            if console.is_terminal
            else Text(answer.query)
        )
        console.print(shown, width=width)


def _quote(cited: Cited, console: Console, width: int) -> None:
    """Writes what the rows refer to: under each paper its sentences with their numbers."""
    for paper, sentences in cited.papers.items():
        console.print()
        console.print(Text(paper, style="italic"), width=width)
        for sentence, number in sentences.items():
            mark = f"  [{number}] "
            for position, part in enumerate(textwrap.wrap(sentence, max(20, width - len(mark))) or [""]):
                console.print(Text(f"{' ' * len(mark) if position else mark}{part}"), width=width)


class Cited:
    """The rows of an answer, with numbers for their sentences, which stand below by paper and once each.

    Answers that are papers keep their sentences beside them. Columns that hold nothing are left out, and so is a
    number that stands in the value already. ``papers`` has for each title its sentences and their numbers.
    """

    def __init__(self, answer: Answer) -> None:
        self.papers: dict[str, dict[str, int]] = {}
        at = {name: position for position, name in enumerate(answer.columns)}
        below = {"paper", "sentence"} <= at.keys() and at["paper"] > 0
        places = [
            position
            for name, position in at.items()
            if not (below and name in ("paper", "sentence"))
            and not (name == "number" and "value" in at)
            and (position == 0 or any(_shown(row, position, answer.columns) for row in answer.rows))
        ]
        self.columns = [answer.columns[position] for position in places]
        self.rows = [[_shown(row, position, answer.columns) for position in places] for row in answer.rows]
        if below:
            self._cite([(cell(row[at["paper"]]), " ".join(cell(row[at["sentence"]]).split())) for row in answer.rows])

    def _cite(self, said: Sequence[tuple[str, str]]) -> None:
        """Numbers the sentences in the order in which they are written below, and gives each row its number."""
        for paper, sentence in said:
            if paper:
                self.papers.setdefault(paper, {})[sentence] = 0
        numbers = itertools.count(1)
        for sentences in self.papers.values():
            sentences.update({sentence: next(numbers) for sentence in sentences})
        if not self.papers:
            return
        self.columns.append("")
        for row, (paper, sentence) in zip(self.rows, said, strict=True):
            row.append(f"[{self.papers[paper][sentence]}]" if paper else "")


def _shown(row: Sequence[Any], position: int, columns: Sequence[str]) -> str:
    """A value of a row; among its aliases a thing's name need not stand once more."""
    value = row[position]
    if columns[position] == "aliases" and isinstance(value, list | tuple):
        value = [alias for alias in value if alias != row[0]]
    return cell(value)


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
