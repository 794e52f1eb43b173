"""A graph that is gathered in another process is the same, and what goes wrong there is told here."""

from __future__ import annotations

import multiprocessing
import threading
from pathlib import Path

import pytest

from kg import KgError, KnowledgeGraph
from tests.command_line import annotated, write_lines


def build(folder: Path, papers: int = 5) -> KnowledgeGraph:
    folder.mkdir(exist_ok=True)
    graph = KnowledgeGraph(folder / "graph.lbug")
    graph.build([write_lines(folder / "papers.jsonl", *map(annotated, range(papers)))], resolve=True)
    return graph


@pytest.mark.slow
def test_the_graph_and_its_index_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with build(tmp_path / "here") as here:
        monkeypatch.setattr("kg.gathering._MANY", 1)
        with build(tmp_path / "apart") as apart:
            assert apart.graph().canonical() == here.graph().canonical()
            more = write_lines(tmp_path / "more.jsonl", annotated(9))
            for graph in (here, apart):
                graph.add([more], resolve=True)  # which the index makes possible
            assert apart.graph().canonical() == here.graph().canonical()
    assert not list((tmp_path / "apart").glob(".*"))


@pytest.mark.slow
def test_what_fails_in_the_other_process_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.gathering._MANY", 1)
    with build(tmp_path / "g") as graph:
        before = graph.graph().canonical()
        decisions = tmp_path / "g" / "graph.lbug.decisions.yaml"
        decisions.write_text("merge: [1, 2", encoding="utf-8")
        with pytest.raises(KgError, match="decisions"):
            graph.build([write_lines(tmp_path / "more.jsonl", *map(annotated, range(90)))], resolve=True)
        decisions.unlink()
        assert len(before) < len(graph.graph().canonical())


@pytest.mark.slow
def test_a_process_that_is_killed_leaves_the_graph_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with build(tmp_path / "g") as graph:
        before = graph.graph().canonical()
        monkeypatch.setattr("kg.gathering._MANY", 1)
        killer = threading.Thread(target=kill_a_child)
        killer.start()
        with pytest.raises(KgError, match="was killed"):
            graph.build([write_lines(tmp_path / "more.jsonl", *map(annotated, range(90)))], resolve=True)
        killer.join()
    monkeypatch.undo()
    with KnowledgeGraph(tmp_path / "g" / "graph.lbug") as again:  # which is brought up to date when it is opened
        assert len(before) < len(again.graph().canonical())


def kill_a_child() -> None:
    while not (children := multiprocessing.active_children()):
        pass
    children[0].kill()
