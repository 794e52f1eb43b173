"""The data of these tests: files, and graphs of a few names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from kg.graph import Graph


def read(name: str) -> Any:
    """A YAML file of this folder."""
    return yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))


def graph_of(*methods: str) -> Graph:
    """A graph of methods and nothing else."""
    graph = Graph()
    for method in methods:
        graph.nodes["Method", method] = {"id": method, "name": method, "aliases": [method], "papers": 1}
    return graph
