"""The graph that Spark builds on two cores of this machine is the one that the local engine builds."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from kg.errors import InputError, KgError
from kg.export import export
from kg.graph import Graph
from kg.progress import Silent, Timed
from kg.schema import Entity, Paper
from kg.spark import SparkReport, build, target_of
from tests.command_line import annotated, write_lines
from tests.derive.records import random_record
from tests.export.neo4j_graphs import graph_of, import_files
from tests.export.readers import parquet_pyarrow
from tests.neo4j_server import CHOSEN, Neo4jServer
from tests.spark.papers import HOT, PAPERS, differences, local_graph, many_records, write

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def built(
    spark: SparkSession, inputs: Path | list[Path], folder: Path, name: str = "graph.parquet", **options: object
) -> Path:
    """The folder that Spark writes."""
    build(
        spark,
        inputs if isinstance(inputs, list) else [inputs],
        target_of(str(folder / name)),
        work=str(folder / "work"),
        **options,  # type: ignore[arg-type]
    )
    return folder / name


@pytest.mark.promise("kg build --engine spark gives the same entities, edges and properties as kg build")
def test_five_thousand_papers_give_the_same_graph(spark: SparkSession, sample_records: Path, tmp_path: Path) -> None:
    records = many_records(sample_records, 5_000, tmp_path / "records.jsonl")
    work = tmp_path / "work"
    report = build(
        spark, [records], target_of(str(tmp_path / "graph.parquet")), work=str(work), keep_work=True, resolve=True
    )
    expected = local_graph(records, tmp_path, resolve=True)
    found = parquet_pyarrow(tmp_path / "graph.parquet")
    assert not differences(expected, found)
    assert found.counts() == report.counts == expected.counts()
    assert report.papers == report.read == 5_000
    assert len(expected.edges["EVALUATED_ON", *_hottest(expected)]["papers"]) > 10
    _assert_that_no_task_carries_the_hot_benchmark_alone(spark, work)


def _hottest(graph: Graph) -> tuple[tuple[str, str], tuple[str, str]]:
    """The ends of the edge to the hot benchmark that most papers state."""
    hot = next(node for node, known in graph.nodes.items() if known["name"] == HOT)
    edges = [edge for edge in graph.edges if edge[0] == "EVALUATED_ON" and edge[2] == hot]
    _, *ends = max(edges, key=lambda edge: len(graph.edges[edge]["papers"]))  # type: ignore[arg-type]
    return ends[0], ends[1]


def _assert_that_no_task_carries_the_hot_benchmark_alone(spark: SparkSession, work: Path) -> None:
    """What several papers say of one thing is gathered in each task before it is brought together."""
    facts = spark.read.parquet(f"{work}/facts").where("part IN ('said', 'EVALUATED_ON')")
    rows = facts.groupBy("part", "from_label", "from_id", "to_id").count().toLocalIterator()
    handed_on = {tuple(key): number for *key, number in rows}
    # 500 papers have the benchmark. A task hands on what it has gathered at its end, or when that is much.
    assert handed_on["said", "Benchmark", "benchmark:hotbench-12", None] < 10
    assert max(handed_on.values()) < 10


def test_given_records_papers_and_readings_of_one_paper_are_joined_as_elsewhere(
    spark: SparkSession, tmp_path: Path
) -> None:
    rng = random.Random(5)
    given = [random_record(number, rng) for number in range(60)]
    renamed = [
        record.model_copy(
            update={"entities": tuple(e.model_copy(update={"name": e.name.upper()}) for e in record.entities)}
        )
        for record in given[:20]
    ]
    arxiv = [
        record.model_copy(update={"arxiv_id": f"2401.{n:05d}", "abstract": record.abstract + "More is said here."})
        for n, record in enumerate(given[10:30])
    ]
    plain = [
        Paper(id="", title=record.title.upper(), abstract="", doi=f"10.1/{n}", authors=("A", "B"))
        for n, record in enumerate(given[25:35])
    ]
    inputs = [
        write(tmp_path / "given.jsonl", given),
        write(tmp_path / "renamed.jsonl", renamed),
        write(tmp_path / "arxiv.jsonl", arxiv),
        write(tmp_path / "plain.jsonl", plain),
        write_lines(tmp_path / "annotated.jsonl", *(annotated(number) for number in range(5))),
    ]
    found = parquet_pyarrow(built(spark, inputs, tmp_path))
    assert not differences(local_graph(inputs, tmp_path), found)


def loud(entity: Entity) -> Entity:
    return entity.model_copy(update={"name": entity.name.upper()})


def test_papers_are_extracted_on_the_cluster(
    spark: SparkSession, extracted: tuple[Path, Graph], tmp_path: Path
) -> None:
    papers, expected = extracted
    found = parquet_pyarrow(built(spark, papers, tmp_path))
    assert found.counts()["nodes"]["Paper"] == PAPERS
    assert not differences(expected, found)


def test_broken_records_end_the_build_or_are_told_and_left_out(
    spark: SparkSession, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    papers = write_lines(tmp_path / "mixed.jsonl", annotated(1), {"title": 3}, annotated(2))
    with pytest.raises(InputError, match=rf"{papers}:2: "):
        built(spark, papers, tmp_path)
    assert not (tmp_path / "graph.parquet").exists()
    report = _report(spark, papers, tmp_path)
    assert (report.read, report.papers, report.broken) == (2, 2, 1)
    assert f"skipped: {papers}:2: " in caplog.text


def _report(spark: SparkSession, papers: Path, folder: Path) -> SparkReport:
    target = target_of(str(folder / "graph.parquet"))
    return build(spark, [papers], target, work=str(folder / "work"), skip_broken=True)


def test_what_fails_in_a_worker_is_told_in_one_line(spark: SparkSession, tmp_path: Path) -> None:
    papers = write_lines(tmp_path / "papers.jsonl", {"title": "FooNet", "abstract": "FooNet works."})
    with pytest.raises(KgError, match=r"^there is no pipeline 'nowhere'; name a folder") as told:
        built(spark, papers, tmp_path, pipeline="nowhere")
    assert "\n" not in str(told.value)


def test_a_build_goes_on_after_the_last_whole_stage_of_the_same_build(spark: SparkSession, tmp_path: Path) -> None:
    records = write(tmp_path / "r.jsonl", (random_record(n, random.Random(n)) for n in range(30)))
    target = target_of(str(tmp_path / "graph.parquet"))
    work = tmp_path / "work"

    def stages(inputs: Sequence[Path] = (records,), pipeline: str | None = None) -> list[str]:
        timed = Timed(Silent())
        build(spark, inputs, target, work=str(work), keep_work=True, progress=timed, pipeline=pipeline)
        return [stage.what for stage in timed.stages]

    first = stages()
    assert first[0] == "Reading papers"
    (work / "facts" / "_SUCCESS").unlink()  # as if the build had been killed there
    before = parquet_pyarrow(tmp_path / "graph.parquet")
    again = stages()
    assert "Reading facts" in again and "Extracting" not in again
    assert parquet_pyarrow(tmp_path / "graph.parquet") == before
    with pytest.raises(KgError):  # another build begins anew, here until it needs its pipeline
        stages(pipeline="nowhere", inputs=[write_lines(tmp_path / "p.jsonl", {"title": "A", "abstract": "B."})])
    assert not (work / "facts").exists()


def test_a_folder_of_somebody_else_is_not_touched(spark: SparkSession, tmp_path: Path) -> None:
    records = write(tmp_path / "r.jsonl", [random_record(1, random.Random(1))])
    (tmp_path / "graph.parquet").mkdir()
    (tmp_path / "graph.parquet" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds mine\.txt"):
        built(spark, records, tmp_path)
    assert (tmp_path / "graph.parquet" / "mine.txt").read_text() == "mine"


def test_bulk_files_have_the_lines_that_export_writes(spark: SparkSession, tmp_path: Path) -> None:
    records = write(tmp_path / "r.jsonl", (random_record(n, random.Random(n)) for n in range(80)))
    ours = built(spark, records, tmp_path, "graph.neo4j-admin", resolve=True)
    theirs = export(local_graph(records, tmp_path, resolve=True), tmp_path / "local.neo4j-admin")
    tables = sorted(path.relative_to(theirs) for path in theirs.glob("*/*.csv"))
    for table in tables:
        text = (theirs / table).read_text()
        if table.name.endswith("-header.csv"):
            assert (ours / table).read_text() == text
        else:
            parts = sorted((ours / table.with_suffix("")).glob("part-*"))
            assert sorted("".join(part.read_text() for part in parts).splitlines()) == sorted(text.splitlines())
    assert len(tables) == 2 * sum(path.is_dir() for path in ours.glob("*/*"))


@pytest.mark.neo4j
def test_neo4j_imports_the_bulk_files(spark: SparkSession, sample_records: Path, tmp_path: Path) -> None:
    CHOSEN.skip_unless_runnable()
    files = built(spark, sample_records, tmp_path, "graph.neo4j-admin", resolve=True)
    server = Neo4jServer(tmp_path / "server")
    import_files(server, files, tmp_path)
    local = local_graph(sample_records, tmp_path, resolve=True)
    for properties in local.nodes.values():
        if properties.get("aliases") == []:
            del properties["aliases"]  # bulk files have no empty lists
    server.start()
    try:
        assert not differences(local, graph_of(server))
    finally:
        server.stop()
