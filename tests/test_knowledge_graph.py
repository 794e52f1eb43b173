"""Building: repeatable, all or nothing, and whole again after whatever happened to the files."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg import InputError, KgError, KnowledgeGraph
from kg.errors import StoppedError
from kg.journal import Journal
from kg.store.ladybug_schema import schema_version
from kg.store.seal import seal
from tests.command_line import annotated, write_lines


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three files; one paper stands in two of them."""
    return [
        write_lines(tmp_path / "one.jsonl", annotated(1), annotated(2)),
        write_lines(tmp_path / "two.jsonl", annotated(2), annotated(3)),
        write_lines(tmp_path / "three.jsonl", annotated(4)),
    ]


@pytest.fixture
def where(tmp_path: Path) -> Path:
    folder = tmp_path / "graphs"
    folder.mkdir()
    return folder / "graph.lbug"


def canonical(where: Path) -> str:
    with KnowledgeGraph(where) as graph:
        return graph.graph().canonical()


def beside(where: Path) -> Iterator[str]:
    return (path.name for path in sorted(where.parent.iterdir()))


@pytest.mark.slow
@pytest.mark.promise("Building twice, in parts, or with the files in another order gives the same graph.")
def test_every_order_and_every_division_gives_the_same_graph(files: list[Path], tmp_path: Path) -> None:
    with KnowledgeGraph(tmp_path / "whole.lbug") as whole:
        report = whole.build(files)
        expected = whole.export(tmp_path / "whole.graphml").read_bytes()
    assert (report.read, report.new, report.papers, report.waiting) == (5, 4, 4, 0)
    for number, order in enumerate([(files[2], files[1], files[0]), (files[1], files[2], files[0])]):
        with KnowledgeGraph(tmp_path / f"{number}.lbug") as parts:
            for file in order:
                parts.build([file])
            assert parts.export(tmp_path / f"{number}.graphml").read_bytes() == expected
        assert canonical(tmp_path / f"{number}.lbug") == canonical(tmp_path / "whole.lbug")


def test_a_paper_keeps_all_its_sources(files: list[Path], where: Path) -> None:
    with KnowledgeGraph(where) as graph:
        graph.build(files)
        sources = {str(p["name"]): p["source"] for (label, _), p in graph.graph().nodes.items() if label == "Paper"}
    assert sources["Foo2Net: Reasoning That Works"] == ["one.jsonl", "two.jsonl"]


def test_a_second_build_of_the_same_papers_leaves_the_file_alone(files: list[Path], where: Path) -> None:
    with KnowledgeGraph(where) as graph:
        first = graph.build(files)
        before = where.stat()
        second = graph.build(files)
    assert (second.read, second.new) == (5, 0)
    assert second.counts == first.counts
    assert (where.stat().st_ino, where.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_broken_file_leaves_the_graph_as_it_was(files: list[Path], where: Path, tmp_path: Path) -> None:
    with KnowledgeGraph(where) as graph:
        graph.build(files[:1])
        before, inode = canonical(where), where.stat().st_ino
        broken = tmp_path / "broken.jsonl"
        broken.write_text(files[2].read_text(encoding="utf-8") + "{broken\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"broken\.jsonl:2: "):
            graph.build([files[1], broken])
    assert canonical(where) == before
    assert where.stat().st_ino == inode


def test_a_first_build_that_fails_leaves_nothing(where: Path) -> None:
    with KnowledgeGraph(where) as graph, pytest.raises(InputError):
        graph.build([where.parent / "missing.txt"])
    assert list(beside(where)) == []


def test_a_lost_graph_is_made_again_from_its_records(
    files: list[Path], where: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with KnowledgeGraph(where) as graph:
        graph.build(files)
    before = canonical(where)
    where.unlink()
    with caplog.at_level(logging.WARNING):
        assert canonical(where) == before
    assert "making it anew from" in caplog.text


def test_a_graph_that_is_older_than_its_records_is_made_again(
    files: list[Path], where: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with KnowledgeGraph(where) as graph:
        graph.build(files[:1])
        old = graph.stats()["nodes"]["Paper"]
        graph.build(files[1:2])
    with Journal(where.with_name("graph.lbug.records")) as journal:
        from kg.corpus import read_papers

        journal.add_papers(read_papers([files[2]]))  # as a build does that is killed right after
    with caplog.at_level(logging.WARNING), KnowledgeGraph(where) as graph:
        assert (old, graph.stats()["nodes"]["Paper"]) == (2, 4)
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        canonical(where)
    assert caplog.text == ""


def reseal(where: Path, schema: str) -> None:
    """Makes the file one that a version of this tool with another schema wrote."""
    with where.open("rb+") as file:
        file.truncate(where.stat().st_size - 4096)
    seal(where, schema)


def test_a_graph_of_an_older_version_is_made_again(
    files: list[Path], where: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with KnowledgeGraph(where) as graph:
        graph.build(files[:1])
    before = canonical(where)
    reseal(where, "older")
    mark = where.with_name("graph.lbug.derived")
    mark.write_text(mark.read_text(encoding="utf-8").replace(schema_version(), "older"), encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert canonical(where) == before
    assert "making it anew from" in caplog.text


def test_a_damaged_graph_is_named_and_the_next_build_mends_it(files: list[Path], where: Path) -> None:
    with KnowledgeGraph(where) as graph:
        graph.build(files[:1])
    before = canonical(where)
    content = bytearray(where.read_bytes())
    content[len(content) // 2] ^= 1
    where.write_bytes(content)
    with KnowledgeGraph(where) as graph, pytest.raises(InputError, match=r"graph\.lbug: .*damaged.*run kg build again"):
        graph.stats()
    with KnowledgeGraph(where) as graph:
        assert graph.build(files[:1]).new == 0
    assert canonical(where) == before


def test_a_graph_without_its_records_is_read_but_never_built_over(files: list[Path], where: Path) -> None:
    with KnowledgeGraph(where) as graph:
        graph.build(files[:1])
    before = canonical(where)
    where.with_name("graph.lbug.records").unlink()
    assert canonical(where) == before
    with KnowledgeGraph(where) as graph, pytest.raises(InputError, match="put them back"):
        graph.build(files)
    assert canonical(where) == before


def test_a_file_that_is_no_graph_is_never_overwritten(files: list[Path], tmp_path: Path) -> None:
    with KnowledgeGraph(files[0]) as graph, pytest.raises(InputError):
        graph.build(files[1:])
    assert "Foo1Net" in files[0].read_text(encoding="utf-8")


@pytest.mark.slow
def test_while_another_process_builds_the_old_graph_is_read(
    files: list[Path], where: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with KnowledgeGraph(where) as graph:
        graph.build(files[:1])
    before = canonical(where)
    with Journal(where.with_name("graph.lbug.records")) as journal, journal.lock():
        from kg.corpus import read_papers

        journal.add_papers(read_papers([files[1]]))
        with caplog.at_level(logging.WARNING):
            assert canonical(where) == before
        assert "another process is writing to this graph" in caplog.text
        with KnowledgeGraph(where) as graph, pytest.raises(KgError, match="another process"):
            graph.build(files)
    assert canonical(where) != before


def test_a_build_that_is_stopped_while_it_reads_adds_nothing(files: list[Path], where: Path) -> None:
    with KnowledgeGraph(where) as graph:
        graph.build(files[:1])
        before = canonical(where)
        with pytest.raises(StoppedError):
            graph.build(files, stop=lambda: True)
    assert canonical(where) == before


def test_records_keep_their_ids_unless_they_are_to_be_resolved(tmp_path: Path) -> None:
    twice = [
        annotated(1, entities=[["MATH-500", "Benchmark", "MATH-500", "evaluated_on"]], relations=[], results=[]),
        annotated(2, entities=[["MATH-500", "Benchmark", "MATH500", "evaluated_on"]], relations=[], results=[]),
    ]
    file = write_lines(tmp_path / "twice.jsonl", *twice)
    with KnowledgeGraph(tmp_path / "kept.lbug") as graph:
        assert graph.build([file]).counts["nodes"]["Benchmark"] == 2
    with KnowledgeGraph(tmp_path / "anew.lbug") as graph:
        assert graph.build([file], resolve=True).counts["nodes"]["Benchmark"] == 1


def test_a_graph_on_a_server_is_not_built() -> None:
    with KnowledgeGraph("bolt://localhost:1") as graph, pytest.raises(InputError, match="in a file"):
        graph.build(["papers.txt"])


@pytest.mark.parametrize("resolve", [False, True])
def test_variants_are_joined_to_their_families_in_given_records_and_in_others(tmp_path: Path, resolve: bool) -> None:
    papers = [
        annotated(n, entities=[[name, "Benchmark", name, "evaluated_on"]], relations=[], results=[], abstract=name)
        for n, name in enumerate(["AIME 2024", "AIME", "AIME 2024"])
    ]
    edges = {}
    for order in (papers, papers[::-1]):
        with KnowledgeGraph(tmp_path / f"{order[0]['id']}.lbug") as graph:
            graph.build([write_lines(tmp_path / "papers.jsonl", *order)], resolve=resolve)
            edges[order[0]["id"]] = {k: e for k, e in graph.graph().edges.items() if k[0] == "VARIANT_OF"}
    assert edges["x0"] == edges["x2"]
    ((_, variant, family), edge) = next(iter(edges["x0"].items()))
    assert (variant[1], family[1]) == ("benchmark:aime-2024", "benchmark:aime")
    assert len(edge["papers"]) == 2 and edge["sentences"] == ["AIME 2024", "AIME 2024"]


@pytest.mark.slow
def test_a_registry_of_ones_own_is_kept_with_the_graph(files: list[Path], where: Path, tmp_path: Path) -> None:
    def names() -> set[object]:
        with KnowledgeGraph(where) as graph:
            return {node["name"] for _, node in graph.graph().nodes.items()} & {"BarNet", "Bars"}

    registry = tmp_path / "methods.yaml"
    registry.write_text("- {name: Bars, aliases: [BarNet]}\n", encoding="utf-8")
    with KnowledgeGraph(where) as graph:
        graph.build(files[:1], resolve=True)
    assert names() == {"BarNet"}
    with KnowledgeGraph(where) as graph:
        graph.build(files[:1], resolve=True, registry=registry)
    registry.unlink()
    assert names() == {"Bars"}
    with KnowledgeGraph(where) as graph:
        graph.build(files, resolve=True)
        graph.backup(tmp_path / "graph.zip")
    assert names() == {"Bars"}
    with KnowledgeGraph(where) as graph:
        graph.restore(tmp_path / "graph.zip", replace=True)
    assert names() == {"Bars"}


def test_a_broken_registry_changes_nothing(files: list[Path], where: Path, tmp_path: Path) -> None:
    registry = tmp_path / "own.yaml"
    registry.write_text("benchmarks: [{nam: X}]\n", encoding="utf-8")
    with KnowledgeGraph(where) as graph, pytest.raises(InputError, match=r"own\.yaml: entry benchmarks\[1\]"):
        graph.build(files, registry=registry)
    assert list(beside(where)) == []


@pytest.mark.slow
@pytest.mark.parametrize("resolve", [False, True])
def test_removing_a_paper_takes_out_exactly_what_only_it_states(files: list[Path], where: Path, resolve: bool) -> None:
    with KnowledgeGraph(where) as graph:
        graph.build(files[:2], resolve=resolve)
        before = canonical(where)
        graph.build(files[2:], resolve=resolve)
        assert canonical(where) != before
        graph.remove("Foo4Net: Reasoning That Works")
        assert canonical(where) == before
        with pytest.raises(InputError, match="no papers have"):
            graph.remove("Foo4Net: Reasoning That Works")
