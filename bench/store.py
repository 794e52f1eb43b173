"""How fast stores are written: ``python bench/store.py [--nodes N] [--edges M] [--rounds R] [--graph GRAPH.lbug]``.

A graph is made of a real one (``bench/scaled.py``) and loaded into a real Neo4j (the one of the tests, from Maven):

* by hand: ``UNWIND ... MERGE`` of 10,000 rows a batch with the official driver, after the constraints and the index;
* by neo4j-graphrag's ``Neo4jWriter``, in an environment of its own that ``uv`` makes. It merges edges with APOC, which
  the server of this benchmark has for that alone. It looks for nothing that is there already: it creates nodes;
* by this project, with the same constraints and index and its own batches; it marks what it writes besides.

All into an empty database, in turns, after a smaller load to warm the server up. Printed are the seconds, and the
ratios in each round. ``--embedded`` measures the embedded store instead: the bulk copy of the whole graph, and a
``CREATE`` for each row of a hundredth of its edges and their ends.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import neo4j

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.scaled import real_graph, scaled_graph
from kg.graph import Graph
from kg.resources import resource
from kg.schema import NODE_LABELS
from kg.store import LadybugStore, Neo4jStore
from kg.store.cypher import statements
from kg.store.ladybug_schema import ddl
from tests.neo4j_server import Neo4jServer

_BATCH = 10_000
_GRAPHRAG = "neo4j-graphrag==1.22.0"
_HERE = Path(__file__).parent

Times = dict[str, float]
"""Seconds for the ``nodes`` and for the ``edges``; what is neither, such as an index, is with the edges."""


def by_hand(server: Neo4jServer, graph: Graph) -> Times:
    """What people write themselves; it marks nothing and retries nothing of its own."""
    start = time.perf_counter()
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        for name in ("constraints", "indexes"):
            for statement in statements((resource("cypher") / "schema" / f"{name}.cypher").read_text("utf-8")):
                driver.execute_query(statement)
        for label in sorted({label for label, _ in graph.nodes}):
            rows = [properties for key, properties in graph.nodes.items() if key[0] == label]
            query = f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n += row"
            _in_batches(driver, query, rows)
        nodes = time.perf_counter() - start
        groups: dict[tuple[str, str, str], list[dict]] = {}
        for (kind, source, target), properties in graph.edges.items():
            row = {"s": source[1], "t": target[1], "p": properties}
            groups.setdefault((kind, source[0], target[0]), []).append(row)
        for (kind, source, target), rows in groups.items():
            query = (
                f"UNWIND $rows AS row MATCH (a:{source} {{id: row.s}}) MATCH (b:{target} {{id: row.t}}) "
                f"MERGE (a)-[e:`{kind}`]->(b) SET e += row.p"
            )
            _in_batches(driver, query, rows)
    return {"nodes": nodes, "edges": time.perf_counter() - start - nodes}


def _in_batches(driver: neo4j.Driver, query: str, rows: list) -> None:
    for start in range(0, len(rows), _BATCH):
        driver.execute_query(query, rows=rows[start : start + _BATCH])


def by_this_project(server: Neo4jServer, graph: Graph) -> Times:
    start = time.perf_counter()
    nodes = 0.0

    def note(what: str, *_: int) -> None:
        nonlocal nodes
        if what in NODE_LABELS:
            nodes = time.perf_counter() - start

    with Neo4jStore(server.uri, server.user, server.password) as store:
        store.write(graph, progress=note)
    return {"nodes": nodes, "edges": time.perf_counter() - start - nodes}


def by_graphrag(server: Neo4jServer, graph: Graph) -> Times:
    """In a process of its own, which says how long its statements took."""
    given = {
        "nodes": [(":".join(key), key[0], properties) for key, properties in graph.nodes.items()],
        "edges": [(":".join(a), ":".join(b), kind, properties) for (kind, a, b), properties in graph.edges.items()],
    }
    with tempfile.NamedTemporaryFile() as file:
        file.write(pickle.dumps(given))
        file.flush()
        program = ["python", str(_HERE / "graphrag_writer.py"), server.uri, file.name]
        command = [_uv(), "run", "--quiet", "--no-project", "--with", _GRAPHRAG, *program]
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | {"NEO4J_PASSWORD": server.password}
        )
    return dict(json.loads(done.stdout))


def _uv() -> str:
    found = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    return found or sys.exit("Neo4jWriter needs an environment of its own: install uv, or leave graphrag out")


LOADERS: dict[str, Callable[[Neo4jServer, Graph], Times]] = {
    "hand": by_hand,
    "graphrag": by_graphrag,
    "ours": by_this_project,
}


def measure_neo4j(graph: Graph, warm: Graph, loaders: list[str], rounds: int) -> None:
    taken: dict[str, list[Times]] = {name: [] for name in loaders}
    with tempfile.TemporaryDirectory() as folder:
        server = Neo4jServer(Path(folder) / "neo4j")
        if "graphrag" in loaders:
            copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
            target = ["-DincludeScope=runtime", f"-DoutputDirectory={server.home / 'plugins'}"]
            subprocess.run(["mvn", "-B", "-q", "-f", str(_HERE / "apoc.pom.xml"), copy, *target], check=True)
        try:
            server.start()
            for name in loaders:
                LOADERS[name](server, warm)
                server.empty()
            for number in range(rounds):
                for name in loaders if number % 2 == 0 else reversed(loaders):
                    before = _processor_s(server)
                    run = LOADERS[name](server, graph)
                    if name != "graphrag":  # whose process does more than load
                        run["processor"] = _processor_s(server) - before
                    taken[name].append(run)
                    said = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in run.items())
                    print(f"  {name}: {said}", flush=True)
                    server.empty()
        finally:
            server.stop()
    for name, runs in taken.items():
        rates = {part: [rates[part] for rates in (_rates(graph, run) for run in runs)] for part in _parts(name)}
        print(f"{name:9}" + "".join(f" {part} {statistics.median(each):8,.0f}/s " for part, each in rates.items()))
    for name in loaders if "ours" in loaders else ():
        for part in _parts(name) if name != "ours" else ():
            ratios = [
                _rates(graph, ours)[part] / _rates(graph, other)[part]
                for ours, other in zip(taken["ours"], taken[name], strict=True)
            ]
            each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
            print(f"ours / {name}, {part}: {statistics.median(ratios):.2f} times the rate (median of {each})")


def _processor_s(server: Neo4jServer) -> float:
    """What this process and the server have used of the processor, which other work on the machine changes less."""
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rates(graph: Graph, run: Times) -> Times:
    """Rows a second, and of all rows also per second of processor."""
    nodes, edges = len(graph.nodes), len(graph.edges)
    rates = {"whole": (nodes + edges) / (run["nodes"] + run["edges"])}
    if "processor" in run:
        rates["processor"] = (nodes + edges) / run["processor"]
    return rates | {"nodes": nodes / run["nodes"], "edges": edges / run["edges"]}


def _parts(name: str) -> tuple[str, ...]:
    return ("whole", "nodes", "edges") + (("processor",) if name != "graphrag" else ())


def measure_embedded(graph: Graph, part: Graph) -> None:
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        with LadybugStore(Path(folder) / "graph.lbug") as store:
            store.write(graph)
        copied = time.perf_counter() - start
        start = time.perf_counter()
        _create_rows(Path(folder) / "rows.lbug", part)
        created = time.perf_counter() - start
    rows, fewer = (len(g.nodes) + len(g.edges) for g in (graph, part))
    print(f"bulk copy: {rows:,} rows in {copied:.1f} s, {rows / copied:,.0f} rows/s")
    print(f"row by row: {fewer:,} rows in {created:.1f} s, {fewer / created:,.0f} rows/s")
    print(f"bulk copy / row by row: {rows / copied / (fewer / created):.0f} times the rate")


def part_of(graph: Graph, edges: int) -> Graph:
    """So many of its edges, with their ends."""
    taken = dict(islice(graph.edges.items(), edges))
    ends = sorted({end for _, *both in taken for end in both})
    return Graph({end: graph.nodes[end] for end in ends}, taken)


def _create_rows(path: Path, graph: Graph) -> None:
    """One statement a row, all in one transaction."""
    import ladybug

    connection = ladybug.Connection(ladybug.Database(str(path)))
    for statement in [*ddl(), "BEGIN TRANSACTION"]:
        connection.execute(statement)
    for (label, _), properties in graph.nodes.items():
        connection.execute(f"CREATE (:`{label}` {_map(properties)})", properties)
    for (kind, source, target), properties in graph.edges.items():
        ends = f"MATCH (a:`{source[0]}` {{id: $from}}), (b:`{target[0]}` {{id: $to}})"
        parameters = properties | {"from": source[1], "to": target[1]}
        connection.execute(f"{ends} CREATE (a)-[:`{kind}` {_map(properties)}]->(b)", parameters)
    connection.execute("COMMIT")
    connection.close()


def _map(names: Iterable[str]) -> str:
    return "{" + ", ".join(f"`{name}`: ${name}" for name in names) + "}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--edges", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--graph", type=Path, help="the real graph; by default that of the sample papers")
    parser.add_argument("--loaders", default=",".join(LOADERS), help="those to compare (%(default)s)")
    parser.add_argument("--embedded", action="store_true", help="measure the embedded store instead")
    options = parser.parse_args()
    seed = real_graph(options.graph)
    graph = scaled_graph(seed, options.nodes, options.edges)
    print(f"{len(graph.nodes):,} nodes, {len(graph.edges):,} edges", flush=True)
    if options.embedded:
        measure_embedded(graph, part_of(graph, options.edges // 100))
    else:
        warm = scaled_graph(seed, options.nodes // 10, options.edges // 10)
        measure_neo4j(graph, warm, options.loaders.split(","), options.rounds)


if __name__ == "__main__":
    main()
