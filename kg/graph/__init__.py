"""Records in, typed graph out."""

from kg.graph.build import (
    FindVariants,
    GraphBuilder,
    build_graph,
    entity_properties,
    variant_edges,
    variant_properties,
)
from kg.graph.delta import Delta, difference
from kg.graph.disk import DiskGraph
from kg.graph.facts import Contribution, Said
from kg.graph.graph import EdgeKey, Graph, NodeKey, Properties
from kg.graph.value import Value, parse_value

__all__ = [
    "Contribution",
    "Delta",
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
    "difference",
    "entity_properties",
    "parse_value",
    "variant_edges",
    "variant_properties",
]
