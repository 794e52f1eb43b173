"""Rows on standard output: a table for a person, JSON or CSV for a program."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kg.cli.options import Shape

_WIDE = 100_000
"""Columns of a table that no terminal shows: every row stays on one line."""


def note(message: str) -> None:
    """Tells a person something, on standard error."""
    print(message, file=sys.stderr)


def show_json(value: Mapping[str, Any]) -> None:
    """Prints one JSON object."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def show_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]], shape: Shape) -> None:
    """Prints rows; lists are joined with ``; `` except in JSON."""
    if shape is Shape.JSON:
        show_json({"columns": list(columns), "rows": [list(row) for row in rows]})
    elif shape is Shape.CSV:
        from kg.ask.render import cell

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([cell(value) for value in row] for row in rows)
    elif shape is Shape.MARKDOWN:
        from kg.ask.render import markdown

        print(markdown(columns, rows))
    else:
        _show_table(columns, rows)


def _show_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from kg.ask.render import cell

    watched = sys.stdout.isatty()
    table = Table(*columns, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell(value), overflow="fold") for value in row))
    Console(width=None if watched else _WIDE).print(table)
