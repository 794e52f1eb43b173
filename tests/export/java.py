"""Java programs that tests run: their jars come from Maven, once, into ``.cache/export``."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
CACHE = _HERE.parents[1] / ".cache" / "export"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


def tools(*names: str) -> None:
    """Skips the test where a program is not installed."""
    for name in names:
        if shutil.which(name) is None:
            pytest.skip(f"needs {name}")


def jars(name: str) -> Path:
    """The folder with the jars that ``tests/export/NAME/pom.xml`` asks for."""
    tools("mvn", "javac")
    folder = CACHE / name
    complete = folder / "complete"
    pom = _HERE / name / "pom.xml"
    if not complete.exists() or complete.read_text() != pom.read_text():
        shutil.rmtree(folder, ignore_errors=True)
        run(["mvn", "-q", "-B", "-f", str(pom), _COPY, f"-DoutputDirectory={folder}"])
        complete.write_text(pom.read_text())
    return folder


def run(command: list[str], **options: object) -> str:
    """What a command prints; if it fails, the test does, with all that it said."""
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", **options)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{command[0]} failed:\n{done.stdout}\n{done.stderr}"
    return str(done.stdout)
