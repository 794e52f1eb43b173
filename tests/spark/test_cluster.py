"""A standalone cluster of a master and two workers: the same graph, also if a worker is lost on the way."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.graph import Graph
from tests.export.readers import parquet_pyarrow
from tests.spark.cluster import Cluster
from tests.spark.papers import PAPERS, differences

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_LIMIT = 600
"""Seconds."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if shutil.which("java") is None:
        pytest.skip("needs java for Spark")
    started = Cluster(tmp_path_factory.mktemp("cluster"), workers=2)
    try:
        yield started
    finally:
        started.close()


def start(cluster: Cluster, papers: Path, folder: Path) -> subprocess.Popen[str]:
    """Starts ``kg build`` on the cluster."""
    kg = Path(sys.executable).with_name("kg")
    settings = ["spark.executor.memory=512m", "spark.driver.host=127.0.0.1", "spark.sql.shuffle.partitions=4"]
    return subprocess.Popen(
        [kg, "build", papers, "--engine", "spark", "--master", cluster.master, "--output", folder / "graph.parquet"]
        + [word for setting in settings for word in ("--conf", setting)],
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.promise("a worker that is lost costs time, not results")
def test_a_worker_killed_in_the_middle_costs_time_and_no_results(
    cluster: Cluster, extracted: tuple[Path, Graph], tmp_path: Path
) -> None:
    papers, expected = extracted
    build = start(cluster, papers, tmp_path)
    limit = time.monotonic() + _LIMIT
    half = tmp_path / "graph.parquet.work" / "records" / "_temporary"
    while not list(half.rglob("part-*.parquet")):  # some papers are extracted, others are not
        assert build.poll() is None, build.stderr and build.stderr.read()
        assert time.monotonic() < limit
        time.sleep(0.05)
    assert not (tmp_path / "graph.parquet.work" / "records" / "_SUCCESS").exists()
    cluster.kill(1)
    _, said = build.communicate(timeout=_LIMIT)
    assert build.returncode == 0, said
    assert f"{PAPERS} papers read; {PAPERS} papers in the graph" in said
    assert not differences(expected, parquet_pyarrow(tmp_path / "graph.parquet"))
    assert not (tmp_path / "graph.parquet.work").exists()
    assert "Lost worker" in cluster.log("master") or "Removing worker" in cluster.log("master")
