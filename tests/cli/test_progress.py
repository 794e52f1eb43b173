"""Progress bars: on a terminal, and nowhere else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests import slow_program
from tests.command_line import write_lines


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """A build of some seconds."""
    papers = ({"title": f"Method{n}Net works", "abstract": "We show that it does."} for n in range(60))
    return [sys.executable, slow_program.__file__, "build", str(write_lines(tmp_path / "papers.jsonl", *papers))]


@pytest.mark.slow
def test_a_terminal_shows_bars_and_then_the_summary(command: list[str], tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=tmp_path, stderr=theirs, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 65536):
            shown += block
    except OSError:  # Linux: the other end is closed
        pass
    assert process.wait() == 0
    assert "Extracting" in shown.decode() and "60/60" in shown.decode() and "/s" in shown.decode()
    assert "60 papers in the graph" in shown.decode()


@pytest.mark.slow
def test_a_pipe_shows_the_summary_alone(command: list[str], tmp_path: Path) -> None:
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert len(done.stderr.splitlines()) == 1 and "60 papers in the graph" in done.stderr
    assert done.stdout == ""
