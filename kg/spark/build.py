"""The build as a whole: stages that each leave what they made in a folder that all machines see."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema

from kg.build_report import Broken, Counts
from kg.errors import InputError
from kg.progress import Progress, Silent
from kg.resolve import load_registry
from kg.schema import EDGE_TYPES, NODE_LABELS
from kg.spark import gathering, names, reading
from kg.spark.extraction import extract_papers
from kg.spark.facts import FACTS, facts_of
from kg.spark.files import Files, address
from kg.spark.rows import RECORDS
from kg.spark.session import is_local, spark_errors
from kg.spark.target import Target

_POLL = 0.5
"""Seconds."""


@dataclass(frozen=True)
class SparkReport:
    """What a build did: papers read, without an abstract and broken; papers in the graph; its counts.

    ``broadcast`` is the size in bytes of what every worker was sent of the names of all papers.
    """

    read: int
    titles: int
    broken: int
    papers: int
    counts: Counts
    broadcast: int

    def __str__(self) -> str:
        nodes, edges = (sum(self.counts[kind].values()) for kind in ("nodes", "edges"))
        said = f"{self.read} papers read; {self.papers} papers in the graph, {nodes} nodes, {edges} edges"
        if self.titles:
            said += f"; {self.titles} of the papers read have no abstract"
        if self.broken:
            said += f"; {self.broken} broken records skipped"
        return said


@spark_errors()
def build(
    session: SparkSession,
    inputs: Sequence[str | Path],
    target: Target,
    *,
    work: str,
    keep_work: bool = False,
    resolve: bool = False,
    pipeline: str | None = None,
    registry: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    skip_broken: bool = False,
    progress: Progress | None = None,
) -> SparkReport:
    """Builds the graph of all inputs, the same that ``kg.KnowledgeGraph.build`` makes of them.

    Args:
        session: see ``kg.spark.session.spark_session``.
        inputs: what ``kg.corpus.read_papers`` takes but standard input; every machine must see the files.
        target: where the graph goes.
        work: a folder that every machine sees, for what stages hand on.
        keep_work: leave it, so that the next build with the same inputs goes on after the last stage that is whole.
        resolve: give the entities of extraction records ids and names anew, as for papers.
        pipeline: name or folder of the extraction pipeline, which every machine must have.
        registry: a file of names of your own (see ``kg.resolve.load_registry``).
        columns: how inputs call the fields of a paper.
        skip_broken: report broken records to the log and leave them out, instead of ending with the first.
        progress: how the work is shown.

    Raises:
        InputError: an input cannot be read.
        KgError: the work failed on the cluster.
    """
    known = load_registry(None if registry is None else Path(registry))
    files = Files(session)
    target.check(files)
    given = [address(each) for each in inputs]
    marks = [*sorted(given), columns, skip_broken, pipeline, resolve, known.to_json(), version("paperkg")]
    stages = _Stages(session, files, address(work), marks, progress or Silent())
    read = stages.make(
        "read",
        "Reading papers",
        lambda: reading.read(session, inputs, columns, skip_broken=skip_broken),
        reading.READ,
    )
    broken = Broken()
    number = reading.check(read, broken if skip_broken else None)
    papers = stages.make("papers", "Merging papers", lambda: reading.merge_papers(read), RECORDS)
    records = stages.make("records", "Extracting", lambda: extract_papers(papers, pipeline, resolve=resolve), RECORDS)
    entities = stages.make("entities", "Gathering names", lambda: names.entities_of(records), names.ENTITIES)
    with stages.shown("Resolving names"):
        found = names.resolve(entities, known)
    facts = stages.make("facts", "Reading facts", lambda: facts_of(records, found), FACTS)
    of_entities = stages.make("nodes", "Gathering entities", lambda: gathering.entities_of(facts), gathering.ENTITIES)
    called = gathering.several_names(of_entities)

    def gathered() -> DataFrame:
        return (
            gathering.entity_rows(of_entities)
            .unionAll(gathering.result_rows(facts, called))
            .unionAll(gathering.relation_rows(facts))
            .unionAll(gathering.variant_rows(facts, of_entities, found))
        )

    several = stages.make("gathered", "Gathering the graph", gathered, FACTS)
    whole = facts.where(f.col("part").isin(*gathering.COMPLETE)).unionAll(several)
    with stages.shown("Writing the graph"):
        target.write(whole, files)
    report = SparkReport(
        number, reading.count_titles(read), broken.records, papers.count(), _counts(whole), found.value.size
    )
    if not keep_work:
        files.delete(address(work))
    return report


def default_work(session: SparkSession, output: str | None) -> str:
    """The folder for what stages hand on, where none is named: beside the output.

    Raises:
        InputError: there is no output, and the machines may share no other folder.
    """
    if output is not None:
        return f"{output.rstrip('/')}.work"
    if is_local(session):
        return "kg-spark.work"
    raise InputError("the cluster has no folder to work in", "name one that all machines see: --work s3a://…")


def _counts(rows: DataFrame) -> Counts:
    found = dict(tuple(row) for row in rows.groupBy("part").count().collect())
    return {
        "nodes": {label: found[label] for label in sorted(NODE_LABELS) if label in found},
        "edges": {kind: found[kind] for kind in sorted(EDGE_TYPES) if kind in found},
    }


class _Stages:
    """Runs stages, and leaves out those that an earlier build of the same has completed."""

    def __init__(
        self, session: SparkSession, files: Files, work: str, marks: Sequence[object], progress: Progress
    ) -> None:
        self._session, self._files, self._work, self._progress = session, files, work, progress
        digest = hashlib.sha256(json.dumps(marks).encode()).hexdigest()[:16]
        mark = f"build-{digest}"
        if mark not in files.names(work):
            files.delete(work)
            files.make_folder(work)
            files.write(f"{work}/{mark}", "what lies here belongs to one build of these inputs\n")

    def make(self, name: str, what: str, frame: Callable[[], DataFrame], schema: pa.Schema) -> DataFrame:
        """The rows of a stage, from its folder."""
        folder = f"{self._work}/{name}"
        if not self._files.exists(f"{folder}/_SUCCESS"):
            with self.shown(what):
                writer = frame().write.mode("overwrite")
                (writer.partitionBy("part") if "part" in schema.names else writer).parquet(folder)
        return self._session.read.schema(from_arrow_schema(schema)).parquet(folder)

    @contextmanager
    def shown(self, what: str) -> Iterator[None]:
        """Shows the tasks of the stages of Spark that run meanwhile."""
        tracker = self._session.sparkContext.statusTracker()
        done = threading.Event()
        with self._progress.step(what) as update:

            def poll() -> None:
                while not done.wait(_POLL):
                    infos = [info for stage in tracker.getActiveStageIds() if (info := tracker.getStageInfo(stage))]
                    if infos:
                        update(sum(i.numCompletedTasks for i in infos), sum(i.numTasks for i in infos))

            thread = threading.Thread(target=poll, daemon=True)
            thread.start()
            try:
                yield
            finally:
                done.set()
                thread.join()
