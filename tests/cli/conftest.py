"""The command line, in this process and as a program; papers to build from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.cli import main
from tests.command_line import Kg, Outcome, Program, annotated, write_lines


@pytest.fixture
def kg(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Kg:
    """Runs a command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["kg", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        code = end.value.code
        return Outcome(code if isinstance(code, int) else 0, said.out, said.err)

    return run


@pytest.fixture
def program() -> Program:
    """Starts the installed program as a process of its own."""
    path = Path(sys.executable).with_name("kg")

    def start(*arguments: str, cwd: Path, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [path, *arguments],
            cwd=cwd,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "COLUMNS": "200"},
            **options,
        )

    return start


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A file of three annotated papers."""
    return write_lines(tmp_path / "papers.jsonl", *(annotated(number) for number in (1, 2, 3)))
