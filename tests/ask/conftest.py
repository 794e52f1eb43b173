"""A small graph with dates, made of invented papers, and an asker for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest

from kg.ask import Asker
from kg.corpus import read_papers
from kg.graph import Graph, build_graph
from kg.schema import Record
from kg.store import LadybugStore
from tests.ask.data import read


@pytest.fixture(scope="session")
def small_graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The graph of papers.yaml."""
    papers = read("papers.yaml")
    file = tmp_path_factory.mktemp("ask") / "papers.jsonl"
    file.write_text("".join(json.dumps({"id": f"p{i}", **p}) + "\n" for i, p in enumerate(papers, 1)), encoding="utf-8")
    dates = {paper["title"]: paper["published"] for paper in papers}
    records = [paper for paper in read_papers([file]) if isinstance(paper, Record)]
    return build_graph(record.model_copy(update={"published": dates[record.title]}) for record in records)


@pytest.fixture(scope="session")
def small_store(small_graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LadybugStore]:
    """The same graph in a store."""
    with LadybugStore(tmp_path_factory.mktemp("ask") / "graph.lbug") as store:
        store.write(small_graph)
        yield store


@pytest.fixture(scope="session")
def asker(small_store: LadybugStore) -> Asker:
    """Asks the small graph, on a day of 2025."""
    return Asker(small_store, today=date(2025, 7, 1))
