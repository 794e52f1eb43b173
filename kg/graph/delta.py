"""What must be done to one graph to make another of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.graph.graph import Graph


@dataclass
class Delta:
    """Nodes and edges that are new, that have other properties now (all of which are given), and that are gone."""

    created: Graph = field(default_factory=Graph)
    changed: Graph = field(default_factory=Graph)
    removed: Graph = field(default_factory=Graph)

    def __len__(self) -> int:
        return sum(len(part.nodes) + len(part.edges) for part in (self.created, self.changed, self.removed))


def difference(old: Graph, new: Graph) -> Delta:
    """What makes ``new`` of ``old``; edges between unchanged nodes are compared for themselves."""
    delta = Delta()
    for node, properties in new.nodes.items():
        if (before := old.nodes.get(node)) != properties:
            (delta.created if before is None else delta.changed).nodes[node] = properties
    for edge, properties in new.edges.items():
        if (before := old.edges.get(edge)) != properties:
            (delta.created if before is None else delta.changed).edges[edge] = properties
    delta.removed.nodes.update((node, old.nodes[node]) for node in old.nodes.keys() - new.nodes.keys())
    delta.removed.edges.update((edge, old.edges[edge]) for edge in old.edges.keys() - new.edges.keys())
    return delta
