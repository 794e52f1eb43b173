"""The names of a graph are read once and kept beside its file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.ask import Asker, NameTables
from kg.store import LadybugStore
from tests.ask.data import graph_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "graph.lbug"
    with LadybugStore(path) as store:
        store.write(graph_of("Alpha", "Omega"))
    return path


def names(path: Path) -> list[str]:
    with LadybugStore(path, read_only=True) as store:
        return [name for (name,) in NameTables.of(store).rows("SELECT name FROM entries ORDER BY name")]


def test_they_are_kept_in_a_file_and_not_read_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(path) == ["Alpha", "Omega"]
    assert Path(f"{path}.names").exists()
    monkeypatch.setattr(NameTables, "build", None)
    assert names(path) == ["Alpha", "Omega"]


def test_they_go_with_a_copy_of_the_graph(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names(path)
    for suffix in ("", ".names"):
        shutil.copy(f"{path}{suffix}", tmp_path / f"copy.lbug{suffix}")
    monkeypatch.setattr(NameTables, "build", None)
    assert names(tmp_path / "copy.lbug") == ["Alpha", "Omega"]


def test_those_of_another_graph_are_made_anew(path: Path) -> None:
    names(path)
    with LadybugStore(path) as store:
        store.write(graph_of("Beta"))
    assert names(path) == ["Beta"]


@pytest.mark.parametrize("content", [b"", b"no tables", b"SQLite format 3\x00" + bytes(100)])
def test_a_damaged_file_is_made_anew(path: Path, content: bytes) -> None:
    Path(f"{path}.names").write_bytes(content)
    assert names(path) == ["Alpha", "Omega"]


def test_they_are_in_memory_where_nothing_can_be_written(path: Path) -> None:
    Path(f"{path}.names").mkdir()
    assert names(path) == ["Alpha", "Omega"]


def test_who_still_reads_an_older_graph_leaves_the_file_to_the_newer(path: Path) -> None:
    with LadybugStore(path, read_only=True) as older:
        with LadybugStore(path) as store:
            store.write(graph_of("Beta"))
        assert names(path) == ["Beta"]
        assert Asker(older).ask("what is Alpha").names() == ["Alpha"]
        before = Path(f"{path}.names").stat().st_mtime_ns
        NameTables.of(older).close()
        assert Path(f"{path}.names").stat().st_mtime_ns == before
