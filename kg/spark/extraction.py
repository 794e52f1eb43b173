"""Papers to extraction records: one pipeline a worker process, loaded once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, partial

from pyspark.sql import DataFrame
from pyspark.sql import functions as f
from spacy.language import Language

from kg.schema import Paper
from kg.spark.rows import RECORDS, Row, mapped

_TASK = 256
"""Papers a task: about half a minute's work, which is lost with a worker."""
_LEAST_TASKS = 2
"""Tasks for each core, where there are fewer papers."""
_BATCH = 32


def extract_papers(papers: DataFrame, pipeline: str | None, *, resolve: bool) -> DataFrame:
    """The records of papers; those that are records already are as they were.

    Args:
        papers: what ``kg.spark.reading.merge_papers`` gives.
        pipeline: name or folder of the extraction pipeline, which every machine must have.
        resolve: whether the entities of given records get new ids and names.
    """
    given = papers.where("kept").withColumn("kept", f.lit(not resolve))
    waiting = papers.where("NOT kept").select("id", "json")
    number = waiting.count()
    if not number:
        return given
    cores = papers.sparkSession.sparkContext.defaultParallelism
    tasks = max(-(-number // _TASK), min(_LEAST_TASKS * cores, number))
    spread = waiting.repartition(tasks, "id")
    return mapped(spread, partial(_extract_rows, pipeline=pipeline), RECORDS, _BATCH).unionAll(given)


@cache
def _pipeline(name: str | None) -> Language:
    from kg.extract.parallel import load_for_one_thread

    return load_for_one_thread(name)


def _extract_rows(rows: Iterable[Row], pipeline: str | None) -> Iterator[Row]:
    from kg.extract import extract

    papers = (Paper.model_validate_json(json) for _, json in rows)
    for record in extract(papers, _pipeline(pipeline)):
        yield record.id, record.model_dump_json(), False
