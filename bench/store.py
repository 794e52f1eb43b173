"""How fast stores are written: ``python bench/store.py [--nodes N] [--edges M]``.

Loads one made-up graph of the schema into a real Neo4j (the one of the tests, from Maven) with this project's loader
and with a hand-written ``UNWIND ... MERGE`` of 10,000 rows a batch, both into an empty database with the same
constraints, in turns; and writes it to the embedded store. Prints seconds, and the ratio of the two loaders.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import neo4j

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg.graph import Graph
from kg.resources import resource
from kg.store import LadybugStore, Neo4jStore
from kg.store.cypher import statements
from tests.neo4j_server import Neo4jServer

_BATCH = 10_000
_SENTENCE = "We evaluate on a benchmark and find that the method is better than what was known before."


def made_up(nodes: int, edges: int) -> Graph:
    """A fifth of the nodes papers with abstracts, the rest methods; two thirds of the edges mentions."""
    rng = random.Random(1)
    graph = Graph()
    papers = nodes // 5
    for number in range(papers):
        key = f"p{number}"
        graph.nodes["Paper", key] = {
            "id": key, "name": f"Title {number}", "title": f"Title {number}", "abstract": _SENTENCE * 10,
            "source": ["a.txt"],
        }  # fmt: skip
    for number in range(nodes - papers):
        key = f"m{number}"
        graph.nodes["Method", key] = {"id": key, "name": key, "aliases": [key], "papers": 1}
    evidence = {"confidence": 0.9, "papers": ["p0"], "sentences": [_SENTENCE]}
    while len(graph.edges) < edges * 2 // 3:
        ends = ("Paper", f"p{rng.randrange(papers)}"), ("Method", f"m{rng.randrange(nodes - papers)}")
        graph.edges["MENTIONS", *ends] = evidence | {"starts": [1], "ends": [2]}
    while len(graph.edges) < edges:
        source, target = (("Method", f"m{rng.randrange(nodes - papers)}") for _ in range(2))
        graph.edges["BASED_ON", source, target] = evidence | {"inferred": False}
    return graph


def by_hand(server: Neo4jServer, graph: Graph) -> None:
    """What people write themselves; it marks nothing and retries nothing of its own."""
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        for statement in statements((resource("cypher") / "schema" / "constraints.cypher").read_text("utf-8")):
            driver.execute_query(statement)
        for statement in statements((resource("cypher") / "schema" / "indexes.cypher").read_text("utf-8")):
            driver.execute_query(statement)
        for label in sorted({label for label, _ in graph.nodes}):
            rows = [properties for key, properties in graph.nodes.items() if key[0] == label]
            query = f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n += row"
            _in_batches(driver, query, rows)
        for kind, source, target in sorted({(kind, s[0], t[0]) for kind, s, t in graph.edges}):
            edges = [
                {"s": s[1], "t": t[1], "p": properties}
                for (k, s, t), properties in graph.edges.items()
                if (k, s[0], t[0]) == (kind, source, target)
            ]
            query = (
                f"UNWIND $rows AS row MATCH (a:{source} {{id: row.s}}) MATCH (b:{target} {{id: row.t}}) "
                f"MERGE (a)-[e:{kind}]->(b) SET e += row.p"
            )
            _in_batches(driver, query, edges)


def _in_batches(driver: neo4j.Driver, query: str, rows: list) -> None:
    for start in range(0, len(rows), _BATCH):
        driver.execute_query(query, rows=rows[start : start + _BATCH])


def by_this_project(server: Neo4jServer, graph: Graph) -> None:
    with Neo4jStore(server.uri, server.user, server.password) as store:
        store.write(graph, batch=_BATCH)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--edges", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    graph = made_up(options.nodes, options.edges)
    with tempfile.TemporaryDirectory() as folder:
        with LadybugStore(Path(folder) / "graph.lbug") as store:
            print(f"embedded store: {_seconds(lambda: store.write(graph)):.1f} s")
        server = Neo4jServer(Path(folder) / "neo4j")
        try:
            server.start()
            for load in (by_hand, by_this_project):  # so that neither pays for the server's warming up
                load(server, made_up(options.nodes // 4, options.edges // 4))
                server.empty()
            taken: dict[str, list[float]] = {"by hand": [], "this project": []}
            for number in range(options.rounds):
                pair = [("by hand", by_hand), ("this project", by_this_project)]
                for name, load in pair if number % 2 == 0 else reversed(pair):
                    server.empty()
                    taken[name].append(_seconds(lambda load=load: load(server, graph)))
        finally:
            server.stop()
    for name, seconds in taken.items():
        print(f"Neo4j, {name}: {', '.join(f'{s:.1f}' for s in seconds)} s")
    ratios = [hand / ours for hand, ours in zip(*taken.values(), strict=True)]
    print(f"by hand / this project: {statistics.median(ratios):.2f} (median of {len(ratios)})")


if __name__ == "__main__":
    main()
