"""What is decided of names is seen, kept, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import InputError, KnowledgeGraph
from tests.command_line import annotated, write_lines


@pytest.fixture
def graph(tmp_path: Path) -> KnowledgeGraph:
    made = KnowledgeGraph(tmp_path / "graph.lbug")
    made.build([write_lines(tmp_path / "papers.jsonl", annotated(1), annotated(2))], resolve=True)
    return made


def methods(graph: KnowledgeGraph) -> list[object]:
    return sorted(str(node["name"]) for (label, _), node in graph.graph().nodes.items() if label == "Method")


def test_an_entity_is_shown_with_its_aliases_and_papers(graph: KnowledgeGraph) -> None:
    (entry,) = graph.entity("BarNet")
    assert (entry.label, entry.name, len(entry.papers)) == ("Method", "BarNet", 2)
    (alias,) = entry.aliases
    assert (alias.alias, alias.papers, alias.rule, alias.confidence) == ("BarNet", 2, "spelling", 1.0)
    assert alias.sources == entry.papers


def test_an_unknown_name_gives_the_nearest(graph: KnowledgeGraph) -> None:
    for act in (lambda: graph.entity("BarNut"), lambda: graph.merge("BarNut", "BarNet")):
        with pytest.raises(InputError, match="did you mean 'BarNet'"):
            act()


@pytest.mark.slow
def test_a_merge_survives_a_rebuild_and_a_split_takes_it_back(graph: KnowledgeGraph, tmp_path: Path) -> None:
    graph.merge("Foo1Net", "BarNet")
    assert methods(graph) == ["BarNet", "Foo2Net"]
    (entry,) = graph.entity("Foo1Net")
    assert ("Foo1Net", "decision") in {(a.alias, a.rule) for a in entry.aliases}
    graph.build([write_lines(tmp_path / "more.jsonl", annotated(3))], resolve=True)
    (tmp_path / "graph.lbug").unlink()
    with KnowledgeGraph(tmp_path / "graph.lbug") as again:
        assert methods(again) == ["BarNet", "Foo2Net", "Foo3Net"]
        again.split("BarNet", "Foo1Net")
        assert methods(again) == ["BarNet", "Foo1Net", "Foo2Net", "Foo3Net"]


def test_a_name_of_the_registry_is_merged_with_all_its_spellings(graph: KnowledgeGraph, tmp_path: Path) -> None:
    graph.build(
        [
            write_lines(
                tmp_path / "registry.jsonl",
                annotated(
                    4,
                    entities=[
                        ["MATH-500", "Benchmark", "MATH500", "evaluated_on"],
                        ["accuracy", "Benchmark", "Sums", "evaluated_on"],
                    ],
                    relations=[],
                    results=[],
                ),
            )
        ],
        resolve=True,
    )
    (entry,) = graph.entity("Math 500")
    assert (entry.name, entry.link) == ("MATH500", "https://arxiv.org/abs/2305.20050")
    graph.merge("accuracy", "MATH500")
    assert len([1 for label, _ in graph.graph().nodes if label == "Benchmark"]) == 1


def test_what_cannot_be_decided_is_said(graph: KnowledgeGraph) -> None:
    with pytest.raises(InputError, match="different types"):
        graph.merge("BarNet", "accuracy")
    with pytest.raises(InputError, match="one thing already"):
        graph.merge("MATH-500", "MATH 500")
    with pytest.raises(InputError, match="no alias"):
        graph.split("BarNet", "Foo1Net")
    with pytest.raises(InputError, match="differ in spelling"):
        graph.split("MATH-500", "MATH 500")


def test_a_broken_file_of_decisions_is_said(graph: KnowledgeGraph, tmp_path: Path) -> None:
    (tmp_path / "graph.lbug.decisions.yaml").write_text("merges: [{type: Method, name: A}]\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"decisions\.yaml: no valid decision at merges\.0\.into"):
        graph.entity("BarNet")
