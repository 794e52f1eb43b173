"""Records in, typed graph out."""

from kg.graph.build import FindVariants, GraphBuilder, build_graph, variant_edges
from kg.graph.disk import DiskGraph
from kg.graph.facts import Contribution, Said
from kg.graph.graph import EdgeKey, Graph, NodeKey, Properties
from kg.graph.value import Value, parse_value

__all__ = [
    "Contribution",
    "DiskGraph",
    "EdgeKey",
    "FindVariants",
    "Graph",
    "GraphBuilder",
    "NodeKey",
    "Properties",
    "Said",
    "Value",
    "build_graph",
    "parse_value",
    "variant_edges",
]
