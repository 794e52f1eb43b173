"""Records in, typed graph out."""

from kg.graph.build import build_graph
from kg.graph.graph import EdgeKey, Graph, NodeKey
from kg.graph.value import Value, parse_value

__all__ = ["EdgeKey", "Graph", "NodeKey", "Value", "build_graph", "parse_value"]
