"""Builds and extractions that are stopped or killed: real processes, real signals."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg import KnowledgeGraph
from kg.journal import Journal
from tests import slow_program
from tests.command_line import write_lines

PAPERS = 120


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A file of papers without annotations, none like another."""
    lines = ({"title": f"Method{n}Net works", "abstract": f"We show that it does, {n} times."} for n in range(PAPERS))
    return write_lines(tmp_path / "papers.jsonl", *lines)


@pytest.fixture
def expected(papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The graph of a build that nothing interrupts."""
    import kg.extract

    for name in ("load_pipeline", "pipeline_version", "extract"):
        monkeypatch.setattr(kg.extract, name, getattr(kg.extract, name))  # put back after the test
    slow_program.replace_extraction()
    with KnowledgeGraph(tmp_path / "whole.lbug") as graph:
        report = graph.build([papers])
        assert (report.new, report.waiting) == (PAPERS, 0)
        return graph.graph().canonical()


def start(papers: Path, verb: str = "build", *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, slow_program.__file__, verb, papers.name, *options],
        cwd=papers.parent,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_first_batch(folder: Path, process: subprocess.Popen[str]) -> None:
    """Returns once some of the records are committed."""
    journal = folder / "graph.lbug.records"
    for _ in range(2400):
        if process.poll() is not None:
            pytest.fail(f"the build ended by itself: {process.stderr.read() if process.stderr else ''}")
        if journal.exists() and journal.stat().st_size:
            with Journal(journal) as it:
                if any(True for _ in it.records()):
                    return
        time.sleep(0.05)
    pytest.fail("no record was committed")


def check_that_it_goes_on(folder: Path, papers: Path, expected: str) -> None:
    """Whatever was in, the next build completes it."""
    with KnowledgeGraph(folder / "graph.lbug") as graph:
        before = graph.stats()["nodes"]["Paper"]
        assert 0 < before < PAPERS
        report = graph.build([papers])
        assert (report.new, report.papers, report.waiting) == (0, PAPERS, 0)
        assert graph.graph().canonical() == expected


@pytest.mark.slow
@pytest.mark.promise("A build that is killed leaves a usable graph and is continued by running it again.")
def test_a_killed_build_leaves_a_graph_and_goes_on(
    papers: Path, expected: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    process = start(papers)
    wait_for_first_batch(tmp_path, process)
    process.kill()
    process.communicate()
    assert (tmp_path / "graph.lbug").exists(), "an empty graph is there before anything is extracted"
    check_that_it_goes_on(tmp_path, papers, expected)
    assert "making it anew from" in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_build_says_how_to_go_on(
    papers: Path, expected: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, number: signal.Signals, code: int
) -> None:
    process = start(papers)
    wait_for_first_batch(tmp_path, process)
    process.send_signal(number)
    _, said = process.communicate()
    assert process.returncode == code
    assert "papers in the graph" in said and "run the same command again to go on" in said
    assert "Traceback" not in said
    check_that_it_goes_on(tmp_path, papers, expected)
    assert "making it anew" not in caplog.text, "the graph was written before the program ended"


def start_extraction(papers: Path) -> subprocess.Popen[str]:
    """Returns once some of the records are in the file that is kept."""
    process = start(papers, "extract", "-o", "records.jsonl")
    part = papers.parent / "records.jsonl.part"
    for _ in range(2400):
        if process.poll() is not None:
            pytest.fail(f"the extraction ended by itself: {process.stderr.read() if process.stderr else ''}")
        if part.exists() and part.read_bytes().count(b"\n") > 5:
            return process
        time.sleep(0.05)
    pytest.fail("no record was kept")


def check_that_the_extraction_goes_on(papers: Path) -> None:
    """The same command keeps what is there and adds what a call that nothing interrupts gives."""
    folder = papers.parent
    part = folder / "records.jsonl.part"
    whole_lines = part.read_text().rpartition("\n")[0] + "\n"
    marked = whole_lines.replace('"confidence":1.0', '"confidence":0.5')
    part.write_text(marked)
    kept = marked.count('"confidence":0.5')
    assert kept and not (folder / "records.jsonl").exists()
    assert start(papers, "extract", "-o", "records.jsonl").wait() == 0
    assert start(papers, "extract", "-o", "whole.jsonl").wait() == 0
    found = (folder / "records.jsonl").read_text()
    assert found.count('"confidence":0.5') == kept
    assert found.replace('"confidence":0.5', '"confidence":1.0') == (folder / "whole.jsonl").read_text()
    assert found.count("\n") == PAPERS
    assert sorted(path.name for path in folder.glob("*.jsonl*")) == ["papers.jsonl", "records.jsonl", "whole.jsonl"]


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_extraction_says_how_to_go_on(papers: Path, number: signal.Signals, code: int) -> None:
    process = start_extraction(papers)
    process.send_signal(number)
    _, said = process.communicate()
    assert process.returncode == code
    assert f"of {PAPERS} papers are extracted; run the same command again to go on" in said
    assert "Traceback" not in said
    check_that_the_extraction_goes_on(papers)


@pytest.mark.slow
@pytest.mark.promise("kg extract goes on where it was when it was stopped or killed.")
def test_a_killed_extraction_goes_on(papers: Path) -> None:
    process = start_extraction(papers)
    process.kill()
    process.communicate()
    check_that_the_extraction_goes_on(papers)
