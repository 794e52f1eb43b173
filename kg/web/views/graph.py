"""The graph around a node: drawn, and as a list; the evidence of an edge beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import dash_cytoscape
from dash import dcc, html
from dash.development.base_component import Component

from kg.errors import InputError
from kg.graph.graph import NodeKey
from kg.web.address import Address, href, of_node
from kg.web.drawing import elements, layout
from kg.web.facts import evidence
from kg.web.neighbourhood import (
    LABELS,
    LAYOUTS,
    MOST,
    STEP,
    TYPES,
    Filters,
    Shown,
    State,
    parse_key,
    shown,
    write_edge,
)
from kg.web.parts import Bar, Node, Page, aria, bars, chip, heading, link, more, percent, quotes, section
from kg.web.reader import Reader
from kg.web.views.entity import unknown
from kg.web.views.overview import evaluated, extended

dash_cytoscape.load_extra_layouts()

_SURE = {"0": "any", "0.5": "50 %", "0.75": "75 %", "0.9": "90 %"}
_LISTED = 60


def page(address: Address, reader: Reader) -> Page:
    """The view of ``/graph`` and of ``/graph/LABEL/ID?…``."""
    if len(address.path) == 1:
        return _choice(reader)
    label, identifier = address.path[1:3] if len(address.path) == 3 else ("", "")
    node = reader.node(label, identifier) if label in LABELS else None
    if node is None:
        return unknown("node", identifier)
    state = State.parse(address)
    found = parts(reader, state)
    drawn = dash_cytoscape.Cytoscape(
        id="net", elements=found["elements"], layout=found["layout"], autoRefreshLayout=False, minZoom=0.1, maxZoom=3,
        style={"width": "100%", "height": "100%"},
    )  # fmt: skip
    graphml, csv = files(state)
    about = f"Graph around {node['name']}; the same as a list below"
    return Page(
        f"{node['name']} · graph",
        [
            dcc.Location(id="place", refresh=False, search=address.search),
            dcc.Store(id="drawn", data=to(state)),
            html.Div(
                [
                    heading(["Around ", html.Em(node["name"])], label=label),
                    html.Div(
                        [
                            html.Div(found["types"], id="types"),
                            html.Details(
                                [
                                    html.Summary("Edges, confidence, layout, time", id="filters-title", n_clicks=0),
                                    html.Div(id="filters"),
                                    _time(state, bool(reader.published)),
                                ]
                            ),
                        ],
                        className="controls",
                    ),
                    html.Div(drawn, className="canvas", role="img", **aria(label=about)),
                    html.Div(found["panel"], id="panel", className="panel", **aria(live="polite")),
                    html.Div(
                        [
                            html.P(found["shown"], id="shown", className="note"),
                            html.Div(
                                [
                                    html.Button("Save as PNG", id="png", className="quiet", n_clicks=0),
                                    html.A("GraphML", id="graphml", className="quiet button", href=graphml),
                                    html.A("CSV", id="csv", className="quiet button", href=csv),
                                ],
                                className="tools",
                            ),
                        ],
                        className="below",
                    ),
                    html.Details(
                        [html.Summary("As a list", id="list-title", n_clicks=0), html.Div(id="list")], className="list"
                    ),
                ],
                className="graph",
            ),
        ],
    )


def _choice(reader: Reader) -> Page:
    def items(found: list[tuple[str, str, str, int]]) -> Component:
        return bars(
            [Bar(link(la, i, n, href("graph", la, i)), la, k, f"{k:,}") for la, i, n, k in found],
            "Where to begin",
        )

    lead = "Choose where to begin, or find a name above and follow its link to the graph."
    found = {
        "Most extended methods": extended(reader),
        "Most evaluated benchmarks": [("Benchmark", *row) for row in evaluated(reader)],
    }
    lists = [section(title, items(begin)) for title, begin in found.items() if begin]
    return Page("Graph", [heading("Graph", lead=lead), html.Div(lists, className="columns")])


def _time(state: State, dated: bool) -> Component:
    def field(name: str, title: str, value: str, example: str) -> Component:
        box = dcc.Input(id=name, value=value, debounce=True, placeholder=example, maxLength=10, className="field",
                        disabled=not dated)  # fmt: skip
        return html.Div([html.Label(title, htmlFor=name), box])

    since = field("since", "From", state.filters.since, "2024-06")
    until = field("until", "to", state.filters.until, "2025")
    title = "Papers published" if dated else "Papers published (no paper here has a date)"
    return html.Fieldset([html.Legend(title), html.Div([since, until], className="time")])


def filters(state: State, what: str) -> Component | list[Component]:
    """The switches for ``types`` (the legend too) or for ``more``: links to the states that they lead to."""
    chosen = state.filters

    def switch(name: str, kind: str, on: bool, to_filters: Filters) -> Component:
        label = f"{'Hide' if on else 'Show'} {name}"
        address = to(replace(state, filters=to_filters))
        look = f"switch {kind} {'on' if on else 'off'}"
        return html.Li(dcc.Link(name, href=address, className=look, title=label))

    def choice(name: str, on: bool, other: State) -> Component:
        return html.Li(dcc.Link(name, href=to(other), className=f"switch {'on' if on else 'off'}"))

    def without(values: tuple[str, ...], value: str, order: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(v for v in order if (v in values) != (v == value))

    if what == "types":
        items = [
            switch(label, f"key {label.lower()}", label in chosen.labels,
                   replace(chosen, labels=without(chosen.labels, label, LABELS)))
            for label in LABELS
        ]  # fmt: skip
        return html.Ul(items, className="switches", **aria(label="Types of nodes"))
    edges = [
        switch(_words(kind), "", kind in chosen.types, replace(chosen, types=without(chosen.types, kind, TYPES)))
        for kind in TYPES
    ]
    sure = [
        choice(
            name, f"{chosen.confidence:g}" == value, replace(state, filters=replace(chosen, confidence=float(value)))
        )
        for value, name in _SURE.items()
    ]
    layouts = [choice(name, state.layout == value, replace(state, layout=value)) for value, name in LAYOUTS.items()]
    groups = (("Edges", edges), ("Confidence of at least", sure), ("Layout", layouts))
    return [html.Div([html.H2(title), html.Ul(items, className="switches")]) for title, items in groups]


def _words(kind: str) -> str:
    return kind.lower().replace("_", " ")


def after(state: State, what: str, value: Any) -> State:
    """The state after what happened in the browser: ``since``, ``until``, ``node`` or ``edge`` with its value."""
    if what in ("since", "until"):
        return replace(
            state, filters=replace(state.filters, **cast(dict[str, Any], {what: str(value or "").strip()[:10]}))
        )
    if what == "node" and (key := parse_key(value["id"])):
        return toggled(state, key)
    if what == "edge":
        kind, a, b = value["id"].split("~")
        ends = cast(tuple[NodeKey, NodeKey], (parse_key(a), parse_key(b)))
        return replace(state, edge=(kind, *ends), selected=None)
    return state


def toggled(state: State, key: NodeKey) -> State:
    """The state in which a node is selected, and opened if it was closed, closed if it was selected and open."""
    opened = state.opened
    if key != state.centre and key not in opened:
        opened = (*opened, key)
    elif key == state.selected:
        opened = tuple(other for other in opened if other != key)
    return replace(state, opened=opened, selected=key, edge=None)


def to(state: State) -> str:
    """The address of a state."""
    return href("graph", *state.centre, **state.query())


def query_of(state: State) -> str:
    """The query of that address, as a browser calls it."""
    _, mark, query = to(state).partition("?")
    return mark + query


def files(state: State) -> tuple[str, str]:
    """The addresses of what is seen as GraphML and as CSV."""
    at = to(state).removeprefix("/graph")
    return f"/save/graph.graphml{at}", f"/save/graph.csv{at}"


def parts(reader: Reader, state: State) -> dict[str, Any]:
    """What is shown of a state: properties of the components, by name."""
    try:
        view = shown(reader, state)
    except InputError as error:
        return {
            "elements": [],
            "layout": layout("fcose", Shown()),
            "panel": html.P(str(error)),
            "shown": "",
            "types": filters(state, "types"),
        }
    edge = write_edge(*state.edge) if state.edge else ""
    hidden = view.hidden.get(state.centre, 0)
    said = f"{len(view.names)} nodes, {len(view.edges)} edges."
    if hidden:
        said += f" {hidden:,} more neighbours are not shown."
    if len(view.names) >= MOST:
        said += f" A view holds {MOST} nodes at most."
    return {
        "elements": elements(view, state.centre, state.selected, edge),
        "layout": layout(state.layout, view),
        "panel": _panel(reader, state, view),
        "shown": said,
        "types": filters(state, "types"),
    }


def _panel(reader: Reader, state: State, view: Shown) -> list[Node]:
    if state.edge:
        return _evidence(reader, state)
    key = state.selected if state.selected in view.names else state.centre
    if key is None:
        return []
    name, papers = view.names[key]
    links: list[Node] = [dcc.Link("Open", href=of_node(*key), className="button")]
    if key != state.centre:
        links.append(dcc.Link("Centre", href=href("graph", *key), className="button"))
    if view.hidden.get(key):
        times = {**state.more, key: state.more.get(key, 0) + 1}
        said = f"{min(STEP, view.hidden[key])} of {view.hidden[key]:,} more"
        links.append(dcc.Link(said, href=to(replace(state, more=times, selected=key)), className="button", id="more"))
    known = "" if key[0] == "Paper" else f"In {papers:,} {'paper' if papers == 1 else 'papers'}."
    hint = "Select a node to open what is around it, an edge to read its sentences."
    return [
        chip(key[0]),
        html.H2(name),
        html.P(known, className="note"),
        html.P(links, className="tools"),
        html.P(hint, className="note"),
    ]


def _evidence(reader: Reader, state: State) -> list[Node]:
    kind, source, target = cast(tuple[str, NodeKey, NodeKey], state.edge)
    ends = [reader.node(*end) for end in (source, target)]
    confidence, found = evidence(reader, kind, source, target)
    if not all(ends) or not found:
        return [html.H2("No such edge"), html.P("The graph may have been built anew.", className="note")]
    names = [
        dcc.Link(cast(dict[str, Any], node)["name"], href=of_node(*key), className=f"node {key[0].lower()}")
        for node, key in zip(ends, (source, target), strict=True)
    ]
    said = f"{percent(confidence)} confidence, {len(found)} {'sentence' if len(found) == 1 else 'sentences'}"
    return [
        html.H2([names[0], f" {_words(kind)} ", names[1]]),
        html.P(said, className="note"),
        quotes(reader, found),
    ]


def listed(reader: Reader, state: State) -> list[Node]:
    """What is drawn, as lists of links that do what a click on the drawing does."""
    view = shown(reader, state)
    nodes = [
        html.Li(
            [
                dcc.Link(name, href=to(toggled(state, key)), className=f"node {key[0].lower()}"),
                html.Span(key[0], className="date"),
            ]
        )
        for key, (name, _) in list(view.names.items())[:_LISTED]
    ]
    edges = [
        html.Li(
            dcc.Link(
                f"{view.names[a][0]} {kind.lower().replace('_', ' ')} {view.names[b][0]}",
                href=to(replace(state, edge=(kind, a, b), selected=None)),
            )
        )
        for kind, a, b in list(view.edges)[:_LISTED]
    ]
    return [
        html.H2("Nodes"), html.Ul(nodes, className="papers"), *more(len(nodes), len(view.names), "nodes"),
        html.H2("Edges"), html.Ul(edges, className="papers"), *more(len(edges), len(view.edges), "edges"),
    ]  # fmt: skip
