"""A small drawing and a small table, which a page shows out of sight when there is nothing else to do.

A browser compiles what draws only when it first draws, which takes as long as all the rest of a view; a person should
not have to wait for that.
"""

from __future__ import annotations

from typing import Any

from kg.graph.graph import NodeKey
from kg.web.drawing import elements, layout
from kg.web.neighbourhood import LABELS, Shown
from kg.web.parts import column, grid

_NODES = 12


def examples() -> dict[str, dict[str, Any]]:
    """Properties of the components, by the library that they are of."""
    nodes: list[NodeKey] = [(LABELS[i % len(LABELS)], f"{i}") for i in range(_NODES)]
    view = Shown({node: (f"A name that is the number {i}", i) for i, node in enumerate(nodes)}, hidden={nodes[0]: 1})
    for i in range(1, _NODES):
        for end in {0, i % 3} - {i}:
            view.edges["USES", nodes[i], nodes[end]] = (0.9, 1)
    columns = [column(field, field.upper()) for field in "abcd"]
    rows = [{field: f"{field} {i}" for field in "abcd"} for i in range(6)]
    return {
        "dash_cytoscape": {
            "id": "rehearsal", "elements": elements(view, nodes[0], nodes[0]), "layout": layout("fcose", view),
            "autoRefreshLayout": False, "style": {"width": "100%", "height": "100%"},
        },
        "dash_ag_grid": {**grid("rehearsal", columns, rows).to_plotly_json()["props"], "id": "rehearsal"},
    }  # fmt: skip
