import zipfile
from pathlib import Path

import pytest

from kg.errors import InputError, KgError
from kg.graph import build_graph
from kg.journal import Journal
from kg.store.backup import backup, restore
from kg.store.ladybug import LadybugStore
from tests.graph.samples import dapo_record, grpo_record

RECORDS = [grpo_record(), dapo_record()]


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "graph.lbug"
    with LadybugStore(path) as store:
        store.write(build_graph(RECORDS))
    with Journal(f"{path}.records") as journal:
        journal.add_papers(RECORDS)
    Path(f"{path}.derived").write_text("mark", encoding="utf-8")
    return path


def content(path: Path) -> tuple[str, list[str], str]:
    with LadybugStore(path, read_only=True) as store, Journal(f"{path}.records", create=False) as journal:
        return store.read_graph().canonical(), [record.id for record in journal.records()], journal.revision


def test_a_backup_brings_back_graph_records_and_mark(graph: Path, tmp_path: Path) -> None:
    archive = backup(graph, tmp_path / "graph.zip")
    there = restore(archive, tmp_path / "other.lbug")
    assert content(there) == content(graph)
    assert Path(f"{there}.derived").read_text(encoding="utf-8") == "mark"
    assert backup(there, tmp_path / "again.zip").read_bytes() == archive.read_bytes()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_graph_without_records(graph: Path, tmp_path: Path) -> None:
    for path in tmp_path.glob("graph.lbug.*"):
        path.unlink()
    there = restore(backup(graph, tmp_path / "graph.zip"), tmp_path / "other.lbug")
    with LadybugStore(there, read_only=True) as store:
        assert store.read_graph() == build_graph(RECORDS)
    assert not Path(f"{there}.records").exists()


def test_a_graph_that_is_there_is_replaced_only_on_demand(graph: Path, tmp_path: Path) -> None:
    archive = backup(graph, tmp_path / "graph.zip")
    before = content(graph)
    with LadybugStore(graph) as store:
        store.write(build_graph(RECORDS[:1]))
    with pytest.raises(InputError, match=r"graph\.lbug.*: there is a graph already"):
        restore(archive, graph)
    restore(archive, graph, replace=True)
    assert content(graph) == before


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("name", ["graph", "graph.records"])
def test_a_damaged_backup_is_named_and_changes_nothing(graph: Path, tmp_path: Path, name: str, where: float) -> None:
    archive = backup(graph, tmp_path / "graph.zip")
    data = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as zipped:
        member = zipped.getinfo(name)
    data[member.header_offset + 64 + int((member.compress_size - 64) * where)] ^= 0xFF
    archive.write_bytes(data)
    before = content(graph)
    with pytest.raises(InputError, match=r"graph\.zip: .*damaged"):
        restore(archive, graph, replace=True)
    assert content(graph) == before


@pytest.mark.parametrize("data", [b"", b"text", b"PK\x03\x04"])
def test_a_file_that_is_no_backup(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "graph.zip").write_bytes(data)
    with pytest.raises(InputError, match=r"graph\.zip: the file is no backup"):
        restore(tmp_path / "graph.zip", tmp_path / "graph.lbug")
    with pytest.raises(InputError, match="there is no backup"):
        restore(tmp_path / "none.zip", tmp_path / "graph.lbug")
    assert not (tmp_path / "graph.lbug").exists()


def test_a_damaged_graph_is_not_backed_up(graph: Path, tmp_path: Path) -> None:
    data = bytearray(graph.read_bytes())
    data[5000] ^= 1
    graph.write_bytes(data)
    with pytest.raises(InputError, match=r"graph\.lbug: .*damaged"):
        backup(graph, tmp_path / "graph.zip")
    assert not (tmp_path / "graph.zip").exists()


def test_a_running_build_is_not_disturbed(graph: Path, tmp_path: Path) -> None:
    archive = backup(graph, tmp_path / "graph.zip")
    before = content(graph)
    with Journal(f"{graph}.records", create=False) as journal, journal.lock():
        with pytest.raises(KgError):
            backup(graph, tmp_path / "second.zip")
        with pytest.raises(KgError):
            restore(archive, graph, replace=True)
    assert content(graph) == before


def test_a_place_that_cannot_be_written(graph: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        backup(graph, tmp_path / "no" / "graph.zip")
