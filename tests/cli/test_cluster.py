"""Options of ``kg build --engine spark`` that are refused before Spark starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Kg


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--output", "graph.parquet"], "--output is an option of the engine spark; add --engine spark"),
        (["--conf", "a=b"], "--conf is an option of the engine spark"),
        (["--engine", "spark"], "the engine spark must know where the graph goes; write files with --output"),
        (["--engine", "spark", "--output", "a.parquet", "--to", "bolt://a:1"], "must know where the graph goes"),
        (["--engine", "spark", "--output", "graph.graphml"], "the engine spark does not write graphml"),
        (["--engine", "spark", "--output", "graph.parquet", "--conf", "spark.x"], "write it as KEY=VALUE"),
    ],
)
def test_what_does_not_fit_together_is_refused(kg: Kg, papers: Path, options: list[str], said: str) -> None:
    outcome = kg("build", str(papers), *options)
    assert outcome.code == 2
    assert said in outcome.err
    assert not (papers.parent / "graph.lbug").exists()
