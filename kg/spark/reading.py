"""Files to papers, each once: one task a file, then a shuffle that brings all readings of a paper together."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from kg.build_report import Broken
from kg.corpus import merge, paper_id
from kg.corpus.columns import check_columns
from kg.corpus.find import Found, find
from kg.corpus.registry import all_foreign, group_files, log_foreign, read_found
from kg.errors import InputError
from kg.schema import Paper, Record
from kg.spark.rows import RECORDS, Row, mapped

_FILES = pa.schema([("files", pa.binary())])
READ = pa.schema(
    [
        ("kind", pa.string()),
        ("id", pa.string()),
        ("title_id", pa.string()),
        ("is_arxiv", pa.bool_()),
        ("has_abstract", pa.bool_()),
        ("json", pa.string()),
    ]
)
_PAPER, _RECORD, _ERROR, _FOREIGN = "paper", "record", "error", "foreign"


def read(
    session: SparkSession, inputs: Sequence[str | Path], columns: Mapping[str, str] | None, *, skip_broken: bool
) -> DataFrame:
    """What is read of all files, broken records among it (see ``check``).

    Every file must lie where all machines of the cluster can read it.

    Raises:
        InputError: an input is missing, or is standard input.
    """
    columns = dict(columns or {})
    check_columns(columns)
    found = find(inputs)
    if Found() in found:
        raise InputError("a cluster cannot read standard input", "save it in a file and name that")
    absolute = [Found(one.path and one.path.absolute(), one.url, one.named) for one in found]
    groups = group_files(absolute, columns)
    files = pa.table({"files": [pickle.dumps(group) for group in groups]}, schema=_FILES)
    frame = session.createDataFrame(files).repartition(len(groups))
    return mapped(frame, partial(_read_rows, columns=columns, skip_broken=skip_broken), READ)


def check(rows: DataFrame, broken: Broken | None) -> int:
    """Looks for what is wrong with the inputs.

    Args:
        rows: what ``read`` gave.
        broken: takes each broken record; None if the first is an error.

    Returns:
        How many papers were read.

    Raises:
        InputError: a record is broken, or no file can be read.
    """
    told = rows.where(f.col("kind") == _ERROR).select("json").orderBy("json")
    if broken is None:
        for row in told.take(1):
            raise InputError.told(row[0])
    else:
        for row in told.toLocalIterator():
            broken(InputError.told(row[0]))
    papers = rows.where(f.col("kind").isin(_PAPER, _RECORD)).count()
    foreign = rows.where(f.col("kind") == _FOREIGN).select("json").orderBy("json").collect()
    for row in foreign:
        log_foreign(row[0])
    if foreign and not papers and (broken is None or not broken.records):
        raise all_foreign(len(foreign))
    return papers


def count_titles(rows: DataFrame) -> int:
    """How many of the papers read have no abstract."""
    return rows.where(~f.col("has_abstract")).count()


def merge_papers(rows: DataFrame) -> DataFrame:
    """Every paper once, by the rules of ``kg.corpus.merge``: id, JSON, and whether it is a record.

    A paper that is known by its title alone is the arXiv paper with that title, if there is one.
    """
    papers = rows.where(f.col("kind").isin(_PAPER, _RECORD))
    wholes = papers.where("is_arxiv").groupBy(f.col("title_id").alias("alias")).agg(f.min("id").alias("whole"))
    of_title = ~f.col("is_arxiv") & (f.col("id") == f.col("alias"))
    joined = papers.join(wholes, of_title, "left").withColumn("whole", f.coalesce("whole", "id"))
    readings = f.collect_list(f.struct("kind", "json")).alias("readings")
    return mapped(joined.groupBy("whole").agg(readings), _merge_rows, RECORDS)


def _read_rows(rows: Iterable[Row], columns: Mapping[str, str], skip_broken: bool) -> Iterator[Row]:
    for (pickled,) in rows:
        yield from _read_group(pickle.loads(pickled), columns, skip_broken)  # noqa: S301 - made by the driver


def _read_group(files: Sequence[Found], columns: Mapping[str, str], skip_broken: bool) -> Iterator[Row]:
    told: list[Row] = []

    def tell(kind: str, text: Callable[[object], str]) -> Callable[[object], None]:
        return lambda what: told.append((kind, None, None, None, None, text(what)))

    on_error = tell(_ERROR, str) if skip_broken else None
    on_foreign = tell(_FOREIGN, str)
    try:
        for paper in read_found(files, columns=columns, on_error=on_error, on_foreign=on_foreign):
            kind = _RECORD if isinstance(paper, Record) else _PAPER
            arxiv, abstract = paper.arxiv_id is not None, bool(paper.abstract.strip())
            yield kind, paper.id, paper_id(paper.title), arxiv, abstract, paper.model_dump_json()
    except InputError as error:
        tell(_ERROR, str)(error)
    yield from told


def _merge_rows(rows: Iterable[Row]) -> Iterator[Row]:
    for whole, readings in rows:
        merged = merge([_parsed(reading["kind"], reading["json"]) for reading in readings])
        yield whole, merged.model_dump_json(), isinstance(merged, Record)


def _parsed(kind: str, json: str) -> Paper:
    return (Record if kind == _RECORD else Paper).model_validate_json(json)
