"""How fast the page is, on loopback: first views in Chromium, and what interactions ask of the server.

``python bench/web.py GRAPH`` measures a graph's file; ``python bench/web.py --nodes 100000`` one that is made up.
"""

from __future__ import annotations

import argparse
import logging
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import sync_playwright

from kg.graph.graph import Graph
from kg.store import LadybugStore
from kg.web.address import Address
from kg.web.app import render
from kg.web.neighbourhood import State
from kg.web.reader import Reader
from kg.web.views import graph as graph_view
from kg.web.views import overview, search
from tests.web.conftest import CHROMIUM, FLAGS, library_of, start

REPEATS = 20


def made_up(nodes: int, path: Path) -> None:
    """A graph of methods, benchmarks and papers; a few methods are hubs."""
    choose = random.Random(1)
    graph = Graph()
    methods = [f"method:m{i}" for i in range(nodes // 2)]
    papers = [f"p{i}" for i in range(nodes // 3)]
    benchmarks = [f"benchmark:b{i}" for i in range(nodes - len(methods) - len(papers))]
    for label, ids in (("Method", methods), ("Benchmark", benchmarks)):
        for i in ids:
            graph.nodes[label, i] = {"id": i, "name": f"Name {i[i.index(':') + 1 :]}", "aliases": [i], "papers": 3}
    for i in papers:
        graph.nodes["Paper", i] = {
            "id": i, "name": f"Paper {i}", "title": f"Paper {i}", "abstract": "Name m1 beats Name m2.",
            "published": f"{2020 + choose.randrange(6)}-{1 + choose.randrange(12):02}-01",
        }  # fmt: skip
    for paper in papers:
        proof = {"confidence": 0.9, "papers": [paper], "sentences": ["Name m1 beats Name m2."]}
        hub = methods[int(len(methods) * choose.random() ** 6)]
        for method in {hub, choose.choice(methods), choose.choice(methods)}:
            spans = {**proof, "starts": [len(f"Paper {paper}") + 1], "ends": [len(f"Paper {paper}") + 8]}
            graph.edges["MENTIONS", ("Paper", paper), ("Method", method)] = dict(spans)
            graph.edges["USES", ("Paper", paper), ("Method", method)] = dict(proof)
            if method != hub:
                graph.edges["BASED_ON", ("Method", method), ("Method", hub)] = {**proof, "inferred": False}
        graph.edges["EVALUATES_ON", ("Paper", paper), ("Benchmark", choose.choice(benchmarks))] = dict(proof)
    with LadybugStore(path) as store:
        store.write(graph)


def times(work: Callable[[], object], repeats: int = REPEATS) -> str:
    found = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - begin))
    return f"median {statistics.median(found):7.0f} ms   95 % {sorted(found)[int(0.95 * (len(found) - 1))]:7.0f} ms"


def measure(path: Path) -> None:
    library = library_of(path)
    reader = library.reader()
    begin = time.perf_counter()
    _ = reader.counts, reader.names
    print(f"start (names and counts)       {1000 * (time.perf_counter() - begin):7.0f} ms")
    label, identifier, name, degree = overview.extended(reader, 1)[0]
    print(f"largest hub: {name}, {degree} extensions; nodes: {sum(reader.counts['nodes'].values()):,}")
    fresh = Reader(LadybugStore(path, read_only=True))
    print("overview, first time          ", times(lambda: overview.page(Address(), fresh), 1))
    pool = ThreadPoolExecutor(1)
    views = {
        "overview": Address(),
        "entity (hub)": Address(("entity", label, identifier)),
        "leaderboards": Address(("leaderboard",)),
        "ask": Address(("ask",), {"q": [f"what is based on {name}"]}),
    }
    for title, address in views.items():
        print(f"{title:30}", times(lambda address=address: render(library, address, pool, 60)))
    state = State((label, identifier))
    print("graph (hub)                   ", times(lambda: graph_view.parts(reader, state)))
    full = State((label, identifier), more={(label, identifier): 14})
    print("graph (hub, up to 300 nodes)  ", times(lambda: graph_view.parts(reader, full)))
    print("completion                    ", times(lambda: search.completions(reader, name[:4].lower())))
    server = start(library)
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def first_view() -> None:
            context = browser.new_context()
            page = context.new_page()
            page.goto(server.url, wait_until="commit")
            page.locator("#heading").wait_for()
            context.close()

        print("first view in Chromium, cold  ", times(first_view))
        page = browser.new_page()
        page.goto(server.url)
        ask, home = (page.get_by_role("link", name=name, exact=True) for name in ("Ask", "Overview"))

        def turn() -> None:
            ask.click()
            page.locator("#question").wait_for()
            home.click()
            page.locator(".tally").wait_for()

        print("two clicks, two views         ", times(turn))
        browser.close()
    server.stop()


if __name__ == "__main__":
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graph", nargs="?", type=Path)
    parser.add_argument("--nodes", type=int)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.graph
        if path is None:
            path = Path(folder) / "graph.lbug"
            made_up(options.nodes or 10_000, path)
        measure(path)
