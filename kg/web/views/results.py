"""Measured numbers as a table, each with its sentence: part of the views of entities, papers and benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from kg.web.parts import Quote, aria, column, quotes, table
from kg.web.reader import Reader

_TITLES = {
    "subject": "Method", "benchmark": "Benchmark", "metric": "Metric", "value": "Value", "kind": "Kind",
    "baseline": "Against", "title": "Paper",
}  # fmt: skip


def result_table(reader: Reader, file: str, rows: Sequence[dict[str, Any]], *leave_out: str) -> Component:
    """Results as a sortable table; below it stands the sentence of the row that is selected, at first the first."""
    columns = []
    for field, title in _TITLES.items():
        if field in leave_out or not any(row[field] for row in rows):
            continue
        options: dict[str, Any] = {}
        if field == "value":
            options = {"cellClass": "figure", "minWidth": 110, "comparator": {"function": "byNumber"}}
        elif field == "title":
            options = {"width": 400, "minWidth": 200}
        columns.append(column(field, title, **options))
    return html.Div(
        [
            table("results", columns, rows, "Results", file=file),
            html.Div(
                sentence(reader, rows[0]), id={"sentence": "results"}, className="evidence", **aria(live="polite")
            ),
        ]
    )


def sentence(reader: Reader, row: dict[str, Any]) -> Component:
    """The sentence that a result was read from."""
    parts = [row.get("subject"), row.get("metric"), row.get("value")]
    lead = " · ".join(str(part) for part in parts if part)
    return quotes(reader, [Quote(str(row["paper"]), str(row["sentence"] or ""), lead)])
