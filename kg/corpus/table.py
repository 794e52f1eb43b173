"""Tables of papers: CSV and TSV, whose first line names the columns, and Parquet."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from kg.corpus.columns import find_columns, read_row
from kg.corpus.format import Format
from kg.corpus.source import Head, Source
from kg.schema import Paper

_MARKS = ",\t;|"
_CURE = "correct the row; a text that holds the separator, a quote or a line break stands in double quotes"
_UNNAMED = "say which column is which: --columns title=NAME,abstract=NAME"
_PARQUET = b"PAR1"
_BATCH = 1000


def _header(head: Head) -> tuple[str, list[str]]:
    """The mark between columns and their names; no names where the first line does not name a title."""
    for mark in _MARKS:
        try:
            cells = next(csv.reader(head.lines[:1], delimiter=mark, strict=True), [])
        except csv.Error:
            continue
        if (len(cells) > 1 or head.columns) and find_columns(cells, head.columns):
            return mark, cells
    return "", []


def _read_text(source: Source) -> Iterator[Paper]:
    mark, names = _header(source.head)
    columns = {field: names.index(column) for field, column in find_columns(names, source.columns).items()}
    last = 0

    def lines() -> Iterator[str]:
        nonlocal last
        for last, line in source.lines():  # noqa: B007 - it is what tells where a row begins
            yield line + "\n"

    # The parser gives up at cells of 128 KiB: a quote that is never closed does not swallow the file.
    rows = csv.reader(lines(), delimiter=mark, strict=True)
    headed = False
    while True:
        begin = last + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            source.broken(f"the row is broken ({error})", _CURE, begin)
            continue
        if row is None:
            return
        if not any(row):
            continue
        if not headed:
            headed = True
        elif len(row) != len(names):
            source.broken(f"the row has {len(row)} columns, the first line has {len(names)}", _CURE, begin)
        else:
            paper = read_row(source, {field: row[k] for field, k in columns.items()}, begin, _CURE)
            if paper is not None:
                yield paper


def _read_parquet(source: Source) -> Iterator[Paper]:
    # Imported here since it is slow to import and no other format needs it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    with source.file() as file:
        try:
            table = pq.ParquetFile(file)
            names = table.schema_arrow.names
            columns = find_columns(names, source.columns)
            if not columns:
                raise source.error(f"no column is called title (there are {', '.join(names) or 'none'})", _UNNAMED)
            number = 0
            for batch in table.iter_batches(_BATCH, columns=sorted(set(columns.values())), use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    values = {field: row.get(column) for field, column in columns.items()}
                    paper = read_row(source, values, number, "correct the row")
                    if paper is not None:
                        yield paper
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            problem = f"it is no whole Parquet file ({str(error).splitlines()[0] if str(error) else 'broken'})"
            raise source.error(problem, "fetch or write the file again") from None


TEXT = Format("csv", "CSV or TSV with named columns", lambda head: bool(_header(head)[1]), _read_text)
PARQUET = Format("parquet", "Parquet", lambda head: head.start.startswith(_PARQUET), _read_parquet)
