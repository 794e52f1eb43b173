"""Graphs with texts that break careless writers."""

from __future__ import annotations

from hypothesis import strategies as st

from kg.graph import Graph
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType

_NASTY = st.sampled_from(
    ["O'Brien \"said\"", "a\nb\r\nc\td", "`x`) DETACH DELETE n //", "\\", "\\'", "😀 🧬", "\u202eمرحبا", "a,b;c|d",
     "[1, 2]", "{x: 1}", "<b>&amp;</b>", "NULL", "null", "", " ", "x" * 10_000, "é\u0301", "$name", "\x00", "\x1f"]
)  # fmt: skip
_text = _NASTY | st.text(max_size=20)
_VALUES: dict[PropertyType, st.SearchStrategy] = {
    "string": _text,
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "int": st.integers(-(2**53), 2**53),
    "bool": st.booleans(),
    "strings": st.lists(_text, max_size=3),
    "ints": st.lists(st.integers(0, 10**6), max_size=3),
}


def _properties(properties: dict[str, PropertyType], required: tuple[str, ...]) -> st.SearchStrategy:
    return st.fixed_dictionaries(
        {name: _VALUES[properties[name]] for name in required},
        optional={name: _VALUES[kind] for name, kind in properties.items() if name not in required},
    )


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Small graphs of the whole schema."""
    graph = Graph()
    for label in NODE_LABELS.values():
        for properties in draw(st.lists(_properties(label.properties, ("id", "name")), max_size=2)):
            properties["id"] = properties["id"][:500]  # names may be long; an id is what databases index
            graph.nodes[label.name, properties["id"]] = properties
    for edge in EDGE_TYPES.values():
        for source_label, target_label in edge.pairs:
            ends = [[key for key in graph.nodes if key[0] == label] for label in (source_label, target_label)]
            if all(ends) and draw(st.booleans()):
                key = (edge.name, draw(st.sampled_from(ends[0])), draw(st.sampled_from(ends[1])))
                graph.edges[key] = draw(_properties(edge.properties, ()))
    return graph


@st.composite
def successors(draw: st.DrawFn, graph: Graph) -> Graph:
    """Graphs that share some nodes and edges with ``graph``, with the same or with other properties."""
    other = draw(graphs())
    new = Graph(dict(other.nodes), dict(other.edges))
    for (label, id_), properties in graph.nodes.items():
        fate = draw(st.sampled_from(["same", "other", "gone"]))
        if fate == "other":
            properties = draw(_properties(NODE_LABELS[label].properties, ("name",))) | {"id": id_}
        if fate != "gone":
            new.nodes[label, id_] = properties
    for edge, properties in graph.edges.items():
        fate = draw(st.sampled_from(["same", "other", "gone"]))
        if fate != "gone" and all(end in new.nodes for end in edge[1:]):
            new.edges[edge] = properties if fate == "same" else draw(_properties(EDGE_TYPES[edge[0]].properties, ()))
    return new
