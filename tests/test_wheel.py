"""The built wheel does the main job in an empty environment, away from the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end; what it said is in the report of a failure."""
    unwanted = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"}
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done


@pytest.fixture(scope="module")
def uv() -> str:
    """The uv that ./go installs."""
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    return found or pytest.skip("needs uv, which ./go test installs")


@pytest.fixture(scope="module")
def wheel(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(uv, "build", "--quiet", "--wheel", "--out-dir", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_carries_what_the_program_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("config", "cypher"):
        for file in (ROOT / folder).rglob("*"):
            if file.suffix in {".yaml", ".cypher"}:
                assert f"kg/{file.relative_to(ROOT).as_posix()}" in names
    assert {"kg/py.typed", "kg/sample/daily-papers-a.txt", "kg/sample/daily-papers-b.txt"} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.startswith("kg/pipelines/") and name.endswith("config.cfg") for name in names)
    assert not any(name.startswith(("tests/", "bench/", "kg/config/.", "docs/")) for name in names)


@pytest.mark.slow
@pytest.mark.promise("The wheel alone, in an empty environment, does the main job.")
def test_the_wheel_does_the_main_job(uv: str, wheel: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked.txt"
    options = ("--quiet", "--locked", "--no-dev", "--no-emit-project", "--no-hashes")
    run(uv, "export", *options, "--output-file", locked, cwd=ROOT)
    run(uv, "venv", "--quiet", "--python", sys.executable, "env", cwd=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    run(uv, "pip", "install", "--quiet", "--python", python, "--constraint", locked, wheel, cwd=tmp_path)
    kg = python.with_name("kg")
    assert run(kg, "--version", cwd=tmp_path).stdout.startswith("kg ")
    run(kg, "build", "--sample", cwd=tmp_path)
    counts = json.loads(run(kg, "stats", "--format", "json", cwd=tmp_path).stdout)
    assert counts["nodes"]["Paper"] == 28
    asked = run(kg, "ask", "which methods report on MATH500", "--format", "json", cwd=tmp_path)
    assert json.loads(asked.stdout)["rows"]
    assert "leaderboard" in run(kg, "query", "--list", cwd=tmp_path).stdout
    run(kg, "export", "graph.graphml", cwd=tmp_path)
    assert (tmp_path / "graph.graphml").stat().st_size > 0
