"""What `export` promises whatever the format: by suffix or name, all or nothing, the same bytes, bounded memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError, KgError
from kg.export import FORMATS, export, format_of
from kg.export.source import CheckedSource, GraphView, NodeKey, Properties, StoreView
from kg.graph import Graph
from kg.store.ladybug import LadybugStore
from tests.export.graphs import every
from tests.export.readers import READERS

suffixes = pytest.mark.parametrize("name", [f"graph{form.suffixes[0]}" for form in FORMATS.values()])


def files(path: Path) -> dict[str, bytes]:
    """The bytes of a file, or of every file in a folder."""
    if path.is_file():
        return {"": path.read_bytes()}
    return {found.relative_to(path).as_posix(): found.read_bytes() for found in path.rglob("*") if found.is_file()}


def shuffled(graph: Graph) -> Graph:
    """The same graph with everything in another order."""

    def turned(known: dict[Any, Any]) -> dict[Any, Any]:
        return {n: turned(v) if isinstance(v, dict) else v for n, v in reversed(known.items())}

    return Graph(turned(graph.nodes), turned(graph.edges))


def test_each_format_has_a_test_that_reads_it_back() -> None:
    read = {format_of(Path(name)).name for name, _ in READERS.values()}
    # neo4j-admin is read back in test_neo4j_admin.py.
    assert read | {"neo4j-admin"} == set(FORMATS)


@suffixes
def test_the_same_graph_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    first = files(export(every(), tmp_path / name))
    (tmp_path / "other").mkdir()
    assert files(export(shuffled(every()), tmp_path / "other" / name)) == first
    assert all(first.values())


@suffixes
def test_writing_again_replaces_what_was_there_and_leaves_nothing_else(name: str, tmp_path: Path) -> None:
    export(Graph(nodes={("Task", "t"): {"id": "t", "name": "t"}}), tmp_path / name)
    before = files(tmp_path / name)
    export(every(), tmp_path / name)
    assert files(tmp_path / name) != before
    assert [found.name for found in tmp_path.iterdir()] == [name]


@suffixes
def test_a_failed_export_leaves_what_was_there(name: str, tmp_path: Path) -> None:
    before = files(export(every(), tmp_path / name))

    class Failing(GraphView):
        def iter_edges(self) -> Iterator[tuple[str, NodeKey, NodeKey, Properties]]:
            yield next(super().iter_edges())
            raise OSError(28, "No space left on device")

    with pytest.raises(KgError, match="No space left on device"):
        export(Failing(every()), tmp_path / name)
    assert files(tmp_path / name) == before
    assert [found.name for found in tmp_path.iterdir()] == [name]


@suffixes
def test_half_a_surrogate_pair_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(KgError, match="surrogate"):
        export(Graph(nodes={("Task", "t"): {"id": "t", "name": "a\ud800b"}}), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        export(Graph(), tmp_path / "graph.docx")
    assert all(suffix in str(raised.value) for form in FORMATS.values() for suffix in form.suffixes)
    with pytest.raises(InputError, match=r"there is no format 'word'.*graphml"):
        export(Graph(), tmp_path / "graph.docx", "word")


def test_the_format_can_be_named(tmp_path: Path) -> None:
    path = export(every(), tmp_path / "out.txt", "GraphML")
    assert path.read_text("utf-8").startswith("<?xml")


def test_the_longest_suffix_says_the_format() -> None:
    assert format_of(Path("a.csv.zip")).name == "csv-zip"
    assert format_of(Path("a.CSV")).name == "csv"


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        export(Graph(), tmp_path / "none" / "graph.graphml")


def test_a_folder_with_other_files_is_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "papers.csv"
    folder.mkdir()
    (folder / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match=r"thesis\.tex"):
        export(every(), folder)
    assert files(folder) == {"thesis.tex": b"years of work"}
    with pytest.raises(InputError, match="is a folder"):
        export(every(), folder, "graphml")
    (tmp_path / "a.parquet").write_text("a file")
    with pytest.raises(InputError, match="is a file"):
        export(every(), tmp_path / "a.parquet")


@pytest.mark.slow
@pytest.mark.parametrize("page", [1, 2, 7, 20_000])
def test_a_store_is_exported_page_by_page_like_its_graph(page: int, tmp_path: Path) -> None:
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.write(every())
        fresh = every()
        source = CheckedSource(StoreView(store, page))
        assert Graph({(k, str(n["id"])): dict(n) for k, n in source.iter_nodes()}, {}).nodes == fresh.nodes
        assert {(kind, a, b): known for kind, a, b, known in source.iter_edges()} == fresh.edges
        assert files(export(source, tmp_path / "a.graphml")) == files(export(fresh, tmp_path / "b.graphml"))


@pytest.mark.slow
@suffixes
def test_a_store_gives_the_bytes_of_its_graph(name: str, tmp_path: Path) -> None:
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.write(every())
        (tmp_path / "other").mkdir()
        assert files(export(store, tmp_path / name)) == files(export(every(), tmp_path / "other" / name))


class Rows:
    """A source that gives what it is told to."""

    def __init__(self, nodes: list[Any], edges: list[Any]) -> None:
        self._nodes, self._edges = nodes, edges

    def iter_nodes(self) -> Iterator[tuple[str, Properties]]:
        yield from self._nodes

    def iter_edges(self) -> Iterator[tuple[str, NodeKey, NodeKey, Properties]]:
        yield from self._edges


TASK = ("Task", {"id": "t", "name": "t"})
USES = ("USES", ("Paper", "p"), ("Method", "m"), {})


@pytest.mark.parametrize(
    ("nodes", "edges", "message"),
    [
        ([TASK, TASK], [], "twice or out of order"),
        ([TASK, ("Method", {"id": "m"})], [], "twice or out of order"),
        ([("Person", {"id": "p"})], [], "label 'Person'"),
        ([("Task", {"name": "t"})], [], "has no id"),
        ([("Task", {"id": "t", "doi": "10.1/2"})], [], "does not declare: doi"),
        ([("Result", {"id": "r", "number": float("inf")})], [], "no finite number"),
        ([], [USES, USES], "twice or out of order"),
        ([], [("USES", ("Paper", "p"), ("Task", "t"), {})], "joins Paper to Task"),
        ([], [("USES", ("Paper", "p"), ("Method", "m"), {"inferred": True})], "does not declare: inferred"),
    ],
)
def test_what_does_not_fit_the_schema_is_refused(nodes: Any, edges: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(KgError, match=message):
        export(Rows(nodes, edges), tmp_path / "graph.graphml")
    assert list(tmp_path.iterdir()) == []


class Large:
    """A graph that is never in memory: so many papers, each proposing a method."""

    def __init__(self, papers: int) -> None:
        self._papers = papers

    def iter_nodes(self) -> Iterator[tuple[str, Properties]]:
        for label in ("Method", "Paper"):
            for number in range(self._papers):
                yield label, {"id": f"{number:09d}", "name": f"{label} {number} " * 10}

    def iter_edges(self) -> Iterator[tuple[str, NodeKey, NodeKey, Properties]]:
        for number in range(self._papers):
            ends = ("Paper", f"{number:09d}"), ("Method", f"{number:09d}")
            yield "PROPOSES", *ends, {"confidence": 0.5, "papers": [f"{number}"], "sentences": ["text " * 20]}


@pytest.mark.slow
@suffixes
def test_memory_does_not_grow_with_the_graph(name: str, tmp_path: Path) -> None:
    # What is imported at first use, and the cache of names once it is full, are not of the graph.
    export(Large(5_000), tmp_path / name)

    def peak(papers: int) -> int:
        tracemalloc.start()
        try:
            export(Large(papers), tmp_path / name)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    # Both are larger than a block or a batch of any format; the first is 6 MB of text larger.
    assert peak(25_000) < peak(11_000) + 500_000
