"""Extraction over several processes gives the same records and leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.corpus import read_papers
from kg.errors import KgError
from kg.extract import extract, load_pipeline
from kg.extract.parallel import extract_in_processes
from kg.resources import resource
from kg.schema import Paper
from tests.command_line import write_lines


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    return list(read_papers([resource("sample")]))


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2, 3])
def test_records_are_the_same_bytes_whatever_the_number_of_processes(papers: list[Paper], processes: int) -> None:
    expected = [record.model_dump_json() for record in extract(papers, load_pipeline())]
    found = [record.model_dump_json() for record in extract_in_processes(iter(papers), None, processes)]
    assert found == expected


@pytest.mark.slow
def test_a_process_that_is_killed_is_told(papers: list[Paper]) -> None:
    records = extract_in_processes(papers * 20, None, 2)
    next(records)
    for child in children(os.getpid()):
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
            os.kill(child, signal.SIGKILL)
    with pytest.raises(KgError, match="a process of the extraction was killed"):
        list(records)


def children(parent: int) -> set[int]:
    """The processes that ``parent`` has started, and theirs."""
    found: set[int] = set()
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child} | children(child)
    return found


def alive(processes: set[int]) -> set[int]:
    states = {}
    for process in processes:
        try:
            states[process] = Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1][0]
        except FileNotFoundError:
            continue
    return {process for process, state in states.items() if state not in "ZX"}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_build_that_is_stopped_leaves_no_process_and_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    lines = [{"title": f"Method{n}Net works", "abstract": f"Method{n}Net does it {n} times."} for n in range(400)]
    command = [str(Path(sys.executable).with_name("kg")), "build", str(write_lines(tmp_path / "papers.jsonl", *lines))]
    build = subprocess.Popen(
        [*command, "--processes", "2"], cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    started: set[int] = set()
    journal = tmp_path / "graph.lbug.records"
    for _ in range(2400):
        started |= children(build.pid)
        if len(started) >= 2 and journal.exists() and recorded(journal):
            break
        assert build.poll() is None, build.stderr and build.stderr.read()
        time.sleep(0.05)
    if number is signal.SIGINT:  # a terminal sends it to all of them
        os.killpg(build.pid, number)
    else:
        build.send_signal(number)
    build.communicate(timeout=120)
    for _ in range(600):
        if not alive(started):
            break
        time.sleep(0.05)
    assert not alive(started)
    before = recorded(journal)
    assert 0 < before < 400
    assert build.returncode == (-number if number is signal.SIGKILL else 128 + number)


def recorded(journal: Path) -> int:
    from kg.journal import Journal

    with Journal(journal) as it:
        return sum(1 for _ in it.records())
