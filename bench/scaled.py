"""A large graph made of a real one: copies of it with ids of their own, and edges between the copies."""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg import KnowledgeGraph
from kg.graph import Graph
from kg.graph.graph import EdgeKey, NodeKey, Properties
from kg.resources import resource


def real_graph(path: Path | None) -> Graph:
    """The graph in the file, or, without one, that of the sample papers, which is built."""
    if path is not None:
        with KnowledgeGraph(path) as there:
            return there.graph()
    with tempfile.TemporaryDirectory() as folder, KnowledgeGraph(Path(folder) / "sample.lbug") as built:
        built.build(sorted(resource("sample").glob("*.txt")))
        return built.graph()


def scaled_nodes(seed: Graph, nodes: int) -> Iterator[tuple[NodeKey, Properties]]:
    """So many nodes, copy after copy of the seed's."""
    originals = sorted(seed.nodes.items())
    for number in range(nodes):
        copy, place = divmod(number, len(originals))
        (label, identifier), properties = originals[place]
        changed = f"{identifier}~{copy}"
        yield (label, changed), properties | {"id": changed}


def scaled_edges(seed: Graph, there: set[NodeKey], edges: int) -> Iterator[tuple[EdgeKey, Properties]]:
    """So many edges between these nodes: first those in each copy, then the same ones from copy to copy, by chance."""
    chance = random.Random(20)
    originals = sorted(seed.edges.items())
    copies = -(-len(there) // len(seed.nodes))
    given: set[EdgeKey] = set()
    between = False
    while True:
        for copy in range(copies):
            other = chance.randrange(copies) if between else copy
            for (kind, (a_label, a), (b_label, b)), properties in originals:
                key = kind, (a_label, f"{a}~{copy}"), (b_label, f"{b}~{other}")
                if key not in given and key[1] in there and key[2] in there:
                    if len(given) == edges:
                        return
                    given.add(key)
                    yield key, properties
        between = True


def scaled_graph(seed: Graph, nodes: int, edges: int) -> Graph:
    """A graph with so many nodes and edges; the same on every run."""
    graph = Graph(dict(scaled_nodes(seed, nodes)))
    graph.edges.update(scaled_edges(seed, set(graph.nodes), edges))
    return graph
