"""Spark against the local engine: the same papers or records, in one run, and what Spark moves between its tasks.

usage: python bench/spark.py INPUT … [--master local[2]] [--resolve] [--limit N] [--folder FOLDER]

The two graphs are compared. Seconds are those of the stages; Spark's start is told apart. Of each stage of Spark the
longest task and
the middle one are told, which shows whether one task holds up the others.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg import KnowledgeGraph
from kg.corpus import read_papers
from kg.progress import Silent, Timed
from kg.spark import build, spark_session, target_of
from tests.export.readers import parquet_pyarrow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--resolve", action="store_true", help="resolve the entities of records anew")
    parser.add_argument("--limit", type=int, help="read so many papers only")
    parser.add_argument("--folder", type=Path, help="where the graphs are made; by default one that is deleted")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        compare(options, Path(folder))


def compare(options: argparse.Namespace, at: Path) -> None:
    inputs: list[Any] = options.inputs
    if options.limit:
        inputs = [at / "some.jsonl"]
        with inputs[0].open("w", encoding="utf-8") as stream:
            for paper in itertools.islice(read_papers(options.inputs), options.limit):
                stream.write(paper.model_dump_json() + "\n")
    local, spark = Timed(Silent()), Timed(Silent())
    began = time.perf_counter()
    with KnowledgeGraph(at / "local.lbug", progress=local) as graph:
        graph.build(inputs, resolve=options.resolve, processes=2)
        local_seconds = time.perf_counter() - began
        expected = graph.graph()
    told("local", local, local_seconds)
    (at / "events").mkdir()
    conf = {"spark.eventLog.enabled": "true", "spark.eventLog.dir": (at / "events").as_uri()}
    conf |= {"spark.eventLog.compress": "false", "spark.eventLog.rolling.enabled": "false"}
    began = time.perf_counter()
    with spark_session(options.master, conf) as session:
        started = time.perf_counter() - began
        began = time.perf_counter()
        report = build(
            session,
            inputs,
            target_of(str(at / "spark.parquet")),
            work=str(at / "work"),
            resolve=options.resolve,
            progress=spark,
        )
        seconds = time.perf_counter() - began
    told("spark", spark, seconds)
    print(f"{'spark starts':24}{started:9.1f} s")
    print(f"spark takes {seconds / local_seconds:.2f} times the time of the local engine")
    print(report)
    print(f"broadcast of names: {report.broadcast} bytes, {report.broadcast / report.papers:.1f} a paper")
    written = sum(moved(at / "events", report.papers))
    print(f"shuffled: {written} bytes, {written / report.papers:.0f} a paper")
    same = parquet_pyarrow(at / "spark.parquet") == expected
    print("the graphs are the same" if same else "THE GRAPHS DIFFER")
    sys.exit(not same)


def told(engine: str, timed: Timed, seconds: float) -> None:
    for stage in timed.stages:
        print(f"{engine:8}{stage.what:24}{stage.seconds:9.1f} s")
    print(f"{engine:8}{'all':24}{seconds:9.1f} s", flush=True)


def moved(folder: Path, papers: int) -> Iterator[int]:
    """Tells the tasks of the longest stages of Spark; gives the bytes that each stage wrote for shuffles."""
    tasks: dict[int, list[tuple[float, int]]] = defaultdict(list)
    names = {}
    for event in (json.loads(line) for file in folder.rglob("*") if file.is_file() for line in file.open()):
        if event["Event"] == "SparkListenerTaskEnd" and "Task Metrics" in event:
            metrics = event["Task Metrics"]
            written = metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
            tasks[event["Stage ID"]].append((metrics["Executor Run Time"] / 1000, written))
        elif event["Event"] == "SparkListenerStageCompleted":
            names[event["Stage Info"]["Stage ID"]] = event["Stage Info"]["Stage Name"]
    print(f"{'stage of Spark':40}{'tasks':>7}{'longest s':>11}{'median s':>10}{'shuffled kB':>13}")
    for stage, ran in sorted(tasks.items(), key=lambda item: -sum(seconds for seconds, _ in item[1]))[:12]:
        seconds = [each for each, _ in ran]
        size = sum(written for _, written in ran)
        name = names.get(stage, "?")[:38]
        print(f"{name:40}{len(ran):7}{max(seconds):11.2f}{statistics.median(seconds):10.2f}{size / 1000:13.1f}")
    return (sum(written for _, written in ran) for ran in tasks.values())


if __name__ == "__main__":
    main()
