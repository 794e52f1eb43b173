"""Functions over rows that Spark runs over batches of Arrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema

from kg.batches import batches

Row = tuple[Any, ...]
RowFunction = Callable[[Iterator[Row]], Iterable[Row]]
"""From the rows of a partition to others; a function of a module, or a partial one, so that it can be sent."""

RECORDS = pa.schema([("id", pa.string()), ("json", pa.string()), ("kept", pa.bool_())])
"""Extraction records, each with whether its entity ids are kept."""


def mapped(frame: DataFrame, function: RowFunction, schema: pa.Schema, batch: int = 1000) -> DataFrame:
    """What a function makes of the rows of each partition.

    Args:
        frame: the rows.
        function: see ``RowFunction``.
        schema: of the rows that it makes.
        batch: how many of these go to Spark at once.
    """

    def run(arrived: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for some in batches(function(_rows(arrived)), batch):
            columns = zip(*some, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return frame.mapInArrow(run, from_arrow_schema(schema))


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[Row]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
