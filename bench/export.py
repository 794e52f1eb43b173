"""Time and memory of writing GraphML, ours against ``networkx.write_graphml``, in one run.

    python bench/export.py [--nodes 100000] [--edges 500000] [--runs 3] [--graph GRAPH.lbug]

A graph of that size is made of a real one (``bench/scaled.py``) and put in SQLite, in order. Each writer then runs in a
fresh process: ours streamed, reading from SQLite while it writes, which counts as its writing; ours from a graph in
memory; and networkx, from its own graph in memory, with lists as the JSON text that ours writes, since it writes no
lists. Printed are the time of the writing alone (of the clock, and of the processor, which is steadier on a machine
with other work), the time from the file to the file, and the highest resident memory of the process (by Linux's count),
as medians. The files are then compared by their numbers of nodes, edges and values.
"""

from __future__ import annotations

import argparse
import json
import marshal
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg.graph import Graph
from kg.schema import PropertyValue

Edge = tuple[str, tuple[str, str], tuple[str, str], dict[str, PropertyValue]]


def make(database: Path, graph: Graph) -> None:
    """Fills the database with the graph."""
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE node (label, id, properties, PRIMARY KEY (label, id)) WITHOUT ROWID")
    connection.execute(
        "CREATE TABLE edge (type, a_label, a, b_label, b, properties, PRIMARY KEY (type, a_label, b_label, a, b))"
        " WITHOUT ROWID"
    )
    rows = ((*key, marshal.dumps(properties)) for key, properties in graph.nodes.items())
    connection.executemany("INSERT INTO node VALUES (?, ?, ?)", rows)
    joined = ((kind, *a, *b, marshal.dumps(properties)) for (kind, a, b), properties in graph.edges.items())
    connection.executemany("INSERT INTO edge VALUES (?, ?, ?, ?, ?, ?)", joined)
    connection.commit()
    connection.close()


class Source:
    """The database as a source of nodes and edges."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(database)

    def iter_nodes(self) -> Iterator[tuple[str, dict[str, PropertyValue]]]:
        """Nodes in order."""
        for label, properties in self._connection.execute("SELECT label, properties FROM node ORDER BY label, id"):
            yield label, marshal.loads(properties)

    def iter_edges(self) -> Iterator[Edge]:
        """Edges in order."""
        rows = self._connection.execute("SELECT * FROM edge ORDER BY type, a_label, b_label, a, b")
        for kind, a_label, a, b_label, b, properties in rows:
            yield kind, (a_label, a), (b_label, b), marshal.loads(properties)


Times = tuple[float, float]


def clock() -> Times:
    return time.perf_counter(), time.process_time()


def write_ours(database: Path, target: Path) -> Times:
    from kg.export import export

    begin = clock()
    export(Source(database), target)
    return begin


def write_ours_from_memory(database: Path, target: Path) -> Times:
    from kg.export import export

    source, graph = Source(database), Graph()
    for label, properties in source.iter_nodes():
        graph.nodes[label, str(properties["id"])] = properties
    for kind, start, end, properties in source.iter_edges():
        graph.edges[kind, start, end] = properties
    begin = clock()
    export(graph, target)
    return begin


def write_networkx(database: Path, target: Path) -> Times:
    import networkx as nx

    def flat(properties: dict[str, PropertyValue]) -> dict[str, Any]:
        return {n: json.dumps(v, ensure_ascii=False) if isinstance(v, list) else v for n, v in properties.items()}

    source = Source(database)
    graph = nx.MultiDiGraph()
    for label, properties in source.iter_nodes():
        graph.add_node(f"{label}:{properties['id']}", type=label, label=properties["name"], **flat(properties))
    for kind, start, end, properties in source.iter_edges():
        graph.add_edge(":".join(start), ":".join(end), key=kind, type=kind, label=kind, **flat(properties))
    begin = clock()
    nx.write_graphml(graph, target)
    return begin


WRITERS = {"streamed": write_ours, "in memory": write_ours_from_memory, "networkx": write_networkx}


def measure(writer: str, database: Path, target: Path) -> dict[str, float]:
    """Runs a writer in a fresh process."""
    command = [sys.executable, __file__, "--writer", writer, str(database), str(target)]
    begin = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout) | {"whole": time.perf_counter() - begin}


def contents(path: Path) -> tuple[int, int, int]:
    """How many nodes, edges and values a GraphML file has."""
    from lxml import etree

    counts = {"node": 0, "edge": 0, "data": 0}
    for _, element in etree.iterparse(path, tag=("{*}node", "{*}edge", "{*}data")):
        kind = etree.QName(element).localname
        counts[kind] += 1
        if kind != "data":
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return counts["node"], counts["edge"], counts["data"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--edges", type=int, default=500_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--graph", type=Path, help="the real graph; by default that of the sample papers")
    parser.add_argument("--writer", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.writer:
        name, database, target = options.writer
        begin = WRITERS[name](Path(database), Path(target))
        write, processor = (now - then for now, then in zip(clock(), begin, strict=True))
        peak = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
        print(json.dumps({"write": write, "processor": processor, "memory": int(peak[1]) / 1024}))
        return
    from bench.scaled import real_graph, scaled_graph  # here, as the writers' processes need none of it

    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "graph.sqlite")
        make(database, scaled_graph(real_graph(options.graph), options.nodes, options.edges))
        figures: dict[str, list[dict[str, float]]] = {name: [] for name in WRITERS}
        for _ in range(options.runs):
            for name in WRITERS:
                figures[name].append(measure(name, database, Path(folder, f"{name}.graphml")))
        found = {name: contents(Path(folder, f"{name}.graphml")) for name in WRITERS}
        sizes = {name: Path(folder, f"{name}.graphml").stat().st_size / 2**20 for name in WRITERS}
    middle = {
        name: {figure: statistics.median(run[figure] for run in runs) for figure in runs[0]}
        for name, runs in figures.items()
    }
    for name, run in middle.items():
        print(
            f"{name:9} writing {run['write']:6.1f} s ({run['processor']:.1f} s of processor)   "
            f"whole process {run['whole']:6.1f} s   "
            f"peak memory {run['memory']:7.1f} MiB   file {sizes[name]:6.1f} MiB   nodes, edges, values {found[name]}"
        )
    for name in ("streamed", "in memory"):
        ratio = {figure: middle["networkx"][figure] / middle[name][figure] for figure in middle[name]}
        print(
            f"networkx against ours {name}: {ratio['write']:.2f}x the time to write ({ratio['processor']:.2f}x of "
            f"processor), {ratio['whole']:.2f}x from file to file, {ratio['memory']:.1f}x the memory"
        )
    if len(set(found.values())) > 1:
        sys.exit("the files do not hold the same number of nodes, edges and values")


if __name__ == "__main__":
    main()
