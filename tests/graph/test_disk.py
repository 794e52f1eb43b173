"""The graph that is gathered on disk is the one that is gathered in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.graph import DiskGraph, Graph, NodeKey, build_graph
from kg.graph.runs import Runs
from kg.graph.source import CheckedSource, GraphSource
from kg.store import LadybugStore
from tests.graph.samples import random_records


def in_memory(source: GraphSource) -> Graph:
    graph = Graph()
    for label, properties in source.iter_nodes():
        graph.nodes[label, str(properties["id"])] = dict(properties)
    for kind, start, end, properties in source.iter_edges():
        graph.edges[kind, start, end] = dict(properties)
    return graph


def families(names: Mapping[NodeKey, str]) -> Iterator[tuple[NodeKey, NodeKey, float]]:
    """Everything is a variant of the first of its label, and of the second."""
    for label in {label for label, _ in names}:
        first, *rest = sorted(node for node in names if node[0] == label)
        yield from ((node, first, 0.87654) for node in rest)
        yield from ((node, rest[0], 0.5) for node in rest[1:])


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 40))
def test_it_is_the_same_graph_however_little_fits_into_memory(seed: int, fits: int) -> None:
    records = random_records(seed)
    records += [r.model_copy(update={"authors": ("Z",)}) for r in records[:2]]  # a paper may come twice
    expected = build_graph(records, families)
    with tempfile.TemporaryDirectory() as folder:
        with DiskGraph(Path(folder), in_memory=10 * fits).add(records, families) as graph:
            assert in_memory(CheckedSource(graph)).canonical() == expected.canonical()
            assert in_memory(graph).canonical() == expected.canonical(), "it can be read again"
        assert not list(Path(folder).iterdir())


def test_a_store_takes_it_without_holding_it(tmp_path: Path) -> None:
    records = random_records(7)
    with LadybugStore(tmp_path / "graph.lbug") as store, DiskGraph(tmp_path).add(records, families) as graph:
        store.write(graph)
        assert store.read_graph().canonical() == build_graph(records, families).canonical()


@pytest.mark.parametrize("most", [1, 7, 1000])
def test_runs_are_sorted_however_many(most: int, tmp_path: Path) -> None:
    runs = Runs(tmp_path, "run", most)
    items = [(str(n * 7919 % 300), n, ("x", 0.5)) for n in range(300)]
    for item in items:
        runs.add(item)
    assert list(runs) == list(runs) == sorted(items)
    assert len(list(tmp_path.iterdir())) <= 64
