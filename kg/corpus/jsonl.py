"""JSON of papers: objects with ``title``, ``abstract`` and what else is known, one a line or in an array."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic_core import from_json

from kg.corpus.columns import Row, find_columns, read_row
from kg.corpus.format import Format
from kg.corpus.jsontext import CURE, items, parse
from kg.corpus.source import Head, Source
from kg.schema import Paper


def _recognises(head: Head) -> bool:
    return head.is_json and not (head.columns and not find_columns(head.object or (), head.columns))


def _read(source: Source) -> Iterator[Paper]:
    if not source.columns and "summary" not in (source.head.object or {}):
        for _, row in parse(source, Row):
            yield row.paper(source.label)
        return
    for number, text in items(source):
        try:
            values = from_json(text)
        except ValueError as error:
            source.broken(f"Invalid JSON: {error}", CURE, number)
            continue
        if not isinstance(values, dict):
            source.broken("the record is no JSON object", CURE, number)
            continue
        columns = find_columns(values, {}) | dict(source.columns)
        found = {field: values.get(column) for field, column in columns.items()}
        paper = read_row(source, found, number, CURE)
        if paper is not None:
            yield paper


FORMAT = Format("jsonl", "JSON of papers", _recognises, _read)
