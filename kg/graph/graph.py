"""The typed graph in memory, as every store and export takes it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.schema import PropertyValue

if TYPE_CHECKING:
    import networkx

NodeKey = tuple[str, str]
"""A node's label and its id, which is unique within the label."""

EdgeKey = tuple[str, NodeKey, NodeKey]
"""An edge's type, the node it leaves and the node it enters."""

Properties = dict[str, PropertyValue]


@dataclass
class Graph:
    """Nodes and edges with their properties; what is not known is absent from the properties, never ``None``.

    ``nodes[label, id]`` holds ``id`` and ``name`` too, so that a node's properties are complete by themselves.
    Equality does not depend on the order in which things were added.
    """

    nodes: dict[NodeKey, Properties] = field(default_factory=dict)
    edges: dict[EdgeKey, Properties] = field(default_factory=dict)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many nodes of each label and edges of each type: ``{"nodes": {label: n}, "edges": {type: n}}``."""
        return {
            "nodes": dict(sorted(Counter(label for label, _ in self.nodes).items())),
            "edges": dict(sorted(Counter(kind for kind, _, _ in self.edges).items())),
        }

    def canonical(self) -> str:
        """One line a node and an edge, sorted: two graphs are the same if and only if these texts are."""
        lines = [_line("node", key, self.nodes[key]) for key in sorted(self.nodes)]
        lines += [_line("edge", key, self.edges[key]) for key in sorted(self.edges)]
        return "".join(lines)

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """The same graph for networkx.

        A node is named ``label:id`` and has its ``label`` beside its properties; an edge's key is its type. Lists stay
        lists.
        """
        import networkx

        view: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
        for (label, identifier), properties in sorted(self.nodes.items()):
            view.add_node(f"{label}:{identifier}", label=label, **properties)
        for (kind, source, target), properties in sorted(self.edges.items(), key=lambda item: item[0]):
            view.add_edge(":".join(source), ":".join(target), key=kind, type=kind, **properties)
        return view


def _line(kind: str, key: NodeKey | EdgeKey, properties: Properties) -> str:
    return json.dumps([kind, key, properties], ensure_ascii=False, sort_keys=True) + "\n"
