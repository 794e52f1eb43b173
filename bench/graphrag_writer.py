"""Loads a graph with neo4j-graphrag's ``Neo4jWriter`` and prints the seconds; ``bench/store.py`` runs it.

    uv run --no-project --with neo4j-graphrag==1.22.0 python bench/graphrag_writer.py URI GRAPH

It has an environment of its own, with that package in it and not this project. ``GRAPH`` is a pickled dictionary of
``nodes`` (id, label, properties) and ``edges`` (ids of the ends, type, properties). Its writer creates nodes, so it
wants an empty database; and it merges edges with APOC, so the server needs that plug-in. The seconds are those of its
statements, for the nodes and for the edges.
"""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import sys
import time
from pathlib import Path

import neo4j
from neo4j_graphrag.components.kg_writer import Neo4jWriter
from neo4j_graphrag.components.types import Neo4jGraph, Neo4jNode, Neo4jRelationship


class TimedWriter(Neo4jWriter):
    """The writer, with a look at the clock around its statements; its index and its tidying are left out."""

    def __init__(self, driver: neo4j.Driver) -> None:
        super().__init__(driver)
        self.seconds = {"nodes": 0.0, "edges": 0.0}

    def _upsert_nodes(self, *arguments: object) -> None:
        start = time.perf_counter()
        super()._upsert_nodes(*arguments)
        self.seconds["nodes"] += time.perf_counter() - start

    def _upsert_relationships(self, *arguments: object) -> None:
        start = time.perf_counter()
        super()._upsert_relationships(*arguments)
        self.seconds["edges"] += time.perf_counter() - start


def main() -> None:
    uri, path = sys.argv[1:]
    given = pickle.loads(Path(path).read_bytes())
    graph = Neo4jGraph(
        nodes=[Neo4jNode(id=i, label=label, properties=known) for i, label, known in given["nodes"]],
        relationships=[
            Neo4jRelationship(start_node_id=a, end_node_id=b, type=kind, properties=known)
            for a, b, kind, known in given["edges"]
        ],
    )
    with neo4j.GraphDatabase.driver(uri, auth=("neo4j", os.environ["NEO4J_PASSWORD"])) as driver:
        writer = TimedWriter(driver)
        done = asyncio.run(writer.run(graph))
    if done.status != "SUCCESS":
        sys.exit(f"Neo4jWriter failed: {done.metadata}")
    print(json.dumps(writer.seconds))


if __name__ == "__main__":
    main()
