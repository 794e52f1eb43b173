"""One Spark for all tests of this folder, and papers for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from kg.extraction import extract_to
from kg.graph import Graph
from kg.resources import resource
from kg.spark import spark_session
from tests.spark.papers import PAPERS, SETTINGS, local_graph, many_papers


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """Two cores of this machine."""
    if shutil.which("java") is None:
        pytest.skip("needs java for Spark")
    with spark_session("local[2]", SETTINGS) as session:
        yield session


@pytest.fixture(scope="session")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Graph]:
    """Papers, and the graph that this machine makes of them; the extraction takes most of its time."""
    folder = tmp_path_factory.mktemp("papers")
    papers = many_papers(PAPERS, folder / "papers.jsonl")
    return papers, local_graph(papers, folder)


@pytest.fixture(scope="session")
def sample_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extraction records of the sample papers."""
    path = tmp_path_factory.mktemp("records") / "sample.jsonl"
    extract_to(sorted(resource("sample").glob("*.txt")), path)
    return path
