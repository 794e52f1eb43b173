"""Graphs for the tests of exports: one that has every label, type and kind of property, and arbitrary ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kg.graph import Graph
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType

HARD = {
    "quotes": "\"double\" 'single' `back` ``two``",
    "markup": "</data><script>alert('&amp; &lt; <&>')</script> ]]> <!-- -->",
    "newlines": "line\nline\r\nline\rline\n\n\ttab",
    "emoji": "graph 🧠👩‍🔬 𝔾 é e\u0301",
    "right to left": "نموذج \u202bעברית\u202c model",
    "long": "x<" * 5_000,
    "backslashes": "\\name{MoE$^2$} \\u0041 \\\\ \\n ;,| =1+1",
    "blanks": "  leading, trailing \u00a0\u2028\u2029 ",
    "query": "'}) MATCH (n) DETACH DELETE n //",
}

_VALUES: dict[PropertyType, Any] = {
    "string": "some text",
    "float": 0.1,
    "int": 3,
    "bool": True,
    "strings": ["first, second", "b; c", "b; c"],
    "ints": [0, 7],
}


def every() -> Graph:
    """Two nodes of every label and an edge of every type between every two labels, with every property known."""
    graph = Graph()
    for label, node_label in NODE_LABELS.items():
        for number, text in enumerate(("plain", HARD["markup"])):
            # The same id under each label: an id is unique within its label only.
            node_id = f"id:{number}"
            known = {name: _VALUES[kind] for name, kind in node_label.properties.items()}
            graph.nodes[label, node_id] = known | {"id": node_id, "name": text}
            if "published" in known:
                graph.nodes[label, node_id]["published"] = ("2025-01-31", "2025-01")[number]
    for kind, edge in EDGE_TYPES.items():
        for start, end in edge.pairs:
            known = {name: _VALUES[value_type] for name, value_type in edge.properties.items()}
            graph.edges[kind, (start, "id:0"), (end, "id:1")] = known
    return graph


def named(text: str) -> Graph:
    """A small graph with a text in every place where a text can be, ids aside."""
    graph = Graph()
    graph.nodes["Paper", "p1"] = {"id": "p1", "name": text, "title": text, "abstract": text, "source": [text, text]}
    graph.nodes["Method", "m1"] = {"id": "m1", "name": text, "aliases": [text], "papers": 1}
    evidence: Any = {"confidence": 0.5, "papers": ["p1"], "sentences": [text]}
    graph.edges["PROPOSES", ("Paper", "p1"), ("Method", "m1")] = evidence
    graph.edges["USES", ("Paper", "p1"), ("Method", "m1")] = {**evidence, "sentences": [text, ""]}
    return graph


texts = st.sampled_from(sorted(HARD.values())) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
"""Hard texts and any that UTF-8 can hold, control characters included; empty texts have a test of their own."""

_OF: dict[PropertyType, st.SearchStrategy[Any]] = {
    "string": texts,
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "int": st.integers(-(2**53), 2**53),
    "bool": st.booleans(),
    "strings": st.lists(texts, max_size=3),
    "ints": st.lists(st.integers(-(2**53), 2**53), max_size=3),
}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A graph of up to six nodes whose ids, names and properties are arbitrary, and up to six edges."""
    graph = Graph()
    keys = draw(st.lists(st.tuples(st.sampled_from(sorted(NODE_LABELS)), texts), max_size=6, unique=True))
    for label, node_id in keys:
        columns = dict(NODE_LABELS[label].properties)
        del columns["id"], columns["name"]
        optional = {name: _OF[kind] for name, kind in columns.items()}
        known = draw(st.fixed_dictionaries({"name": texts}, optional=optional))
        graph.nodes[label, node_id] = {"id": node_id} | known
    possible = [
        (kind, start, end)
        for kind, edge in EDGE_TYPES.items()
        for start in keys
        for end in keys
        if (start[0], end[0]) in edge.pairs
    ]
    for key in draw(st.lists(st.sampled_from(possible), max_size=6, unique=True)) if possible else []:
        columns = EDGE_TYPES[key[0]].properties
        graph.edges[key] = draw(st.fixed_dictionaries({}, optional={name: _OF[k] for name, k in columns.items()}))
    return graph
