"""How a part of a graph is drawn by Cytoscape: elements, styles for light and dark, layouts."""

from __future__ import annotations

import math
import zlib
from textwrap import shorten
from typing import Any

from kg.graph.graph import NodeKey
from kg.web.neighbourhood import LABELS, Shown, write_edge, write_key

_COLOURS = {
    "light": {
        "Method": "#17559e", "Model": "#6f3a9f", "Benchmark": "#0a6b50", "Metric": "#7d5200", "Task": "#a12c4a",
        "Paper": "#6b7785", "ink": "#161b22", "back": "#ffffff", "line": "#aab4c0",
        "muted": "#545d6b", "accent": "#17458f",
    },
    "dark": {
        "Method": "#8dbdff", "Model": "#cfacf6", "Benchmark": "#74d6b2", "Metric": "#ebc06c", "Task": "#f7a3b6",
        "Paper": "#94a1b0", "ink": "#e6eaf0", "back": "#181e26", "line": "#5a6675",
        "muted": "#a3adba", "accent": "#9dc1ff",
    },
}  # fmt: skip
"""As in ``assets/page.css``: a canvas takes no CSS variables."""
_SHAPES = {
    "Paper": "round-rectangle",
    "Benchmark": "diamond",
    "Metric": "triangle",
    "Task": "hexagon",
    "Model": "octagon",
}
_NAME = 34
_FEW, _ROOM = 60, 50
"""Nodes up to which a layout starts anywhere, which takes seconds for hundreds; pixels between those that do not."""


def elements(view: Shown, centre: NodeKey, selected: NodeKey | None, edge: str = "") -> list[dict[str, Any]]:
    """The nodes and edges of a view, as Cytoscape takes them."""
    found: list[dict[str, Any]] = []
    small = min(1.0, max(0.4, (60 / len(view.names)) ** 0.5))  # many nodes leave room between them
    for key, (name, papers) in view.names.items():
        classes = [key[0].lower()]
        classes += ["centre"] if key == centre else []
        classes += ["opened"] if key in view.hidden else []
        classes += ["chosen"] if key == selected else []
        size = small * (18 + min(26, 5 * (papers or 1) ** 0.5))
        data = {"id": write_key(key), "name": _short(name), "kind": key[0], "size": round(size, 1)}
        found.append({"data": data, "classes": " ".join(classes), **_start(len(found), len(view.names))})
    for (kind, source, target), (confidence, papers) in view.edges.items():
        identifier = write_edge(kind, source, target)
        data = {
            "id": identifier, "source": write_key(source), "target": write_key(target), "kind": _words(kind),
            "width": 1 + min(4, 0.6 * papers), "sure": 0.35 + 0.6 * (confidence or 0),
        }  # fmt: skip
        found.append({"data": data, "classes": "chosen" if identifier == edge else ""})
    return found


def _start(place: int, nodes: int) -> dict[str, Any]:
    """Where the layout of many nodes starts from: a spiral, the centre and what was shown first inside."""
    if nodes <= _FEW:
        return {}
    angle, away = place * math.pi * (3 - math.sqrt(5)), _ROOM * math.sqrt(place)
    return {"position": {"x": round(away * math.cos(angle), 1), "y": round(away * math.sin(angle), 1)}}


def _short(name: str) -> str:
    """A name that fits below a node: of a title what stands before its colon, else its first words."""
    first = name.partition(": ")[0]
    return first if len(first) <= _NAME else shorten(first, _NAME, placeholder="…")


def _words(kind: str) -> str:
    return kind.lower().replace("_", " ")


def stylesheets() -> dict[str, list[dict[str, Any]]]:
    """What Cytoscape draws with, in the light and in the dark."""
    return {scheme: _stylesheet(scheme) for scheme in ("light", "dark")}


def _stylesheet(scheme: str) -> list[dict[str, Any]]:
    """Cytoscape's styles for ``light`` or ``dark``."""
    c = _COLOURS[scheme]
    node = {
        "label": "data(name)", "width": "data(size)", "height": "data(size)", "color": c["ink"],
        "font-size": 12,
        "font-family": "Inter, Segoe UI, system-ui, sans-serif", "text-wrap": "wrap", "text-max-width": 120,
        "text-valign": "bottom", "text-margin-y": 3, "text-background-color": c["back"],
        "text-background-opacity": 0.85, "text-background-padding": 1, "border-width": 0,
    }  # fmt: skip
    edge = {
        "width": "data(width)", "line-color": c["line"], "target-arrow-color": c["line"],
        "target-arrow-shape": "triangle",
        "curve-style": "bezier", "arrow-scale": 0.8, "opacity": "data(sure)",
    }  # fmt: skip
    shown = {"label": "data(kind)", "font-size": 11, "color": c["muted"], "text-background-color": c["back"],
             "text-background-opacity": 1, "text-rotation": "autorotate", "line-color": c["accent"],
             "target-arrow-color": c["accent"], "opacity": 1, "z-index": 9}  # fmt: skip
    kinds = [
        {
            "selector": f".{label.lower()}",
            "style": {"background-color": c[label], "shape": _SHAPES.get(label, "ellipse")},
        }
        for label in LABELS
    ]
    return [
        {"selector": "node", "style": node},
        {"selector": "edge", "style": edge},
        *kinds,
        {"selector": ".opened", "style": {"font-weight": "bold"}},
        {"selector": ".centre", "style": {"font-size": 15, "border-width": 3, "border-color": c["ink"], "z-index": 9}},
        {
            "selector": "node.chosen, node:selected",
            "style": {"border-width": 3, "border-color": c["accent"], "z-index": 8},
        },
        {"selector": "edge.chosen, edge:selected", "style": shown},
    ]


def layout(name: str, view: Shown) -> dict[str, Any]:
    """Cytoscape's options of a layout that leaves room for the names; it is laid out anew whenever they differ."""
    nodes = len(view.names)
    drawn = "\n".join([*map(write_key, view.names), *(write_edge(*edge) for edge in view.edges)])
    common = {"name": name, "animate": False, "fit": False, "of": f"{zlib.crc32(drawn.encode()):x}"}
    if name == "fcose":
        room = 140 if nodes <= _FEW else 110
        return common | {"quality": "default", "idealEdgeLength": room, "nodeRepulsion": 24000,
                         "nodeSeparation": 130, "gravity": 0.12, "randomize": nodes <= _FEW,
                         "packComponents": True}  # fmt: skip
    return common | {"minNodeSpacing": 46, "spacingFactor": 1.35, "directed": False}
