"""What of a view becomes one component, and what stays a component of its own."""

from __future__ import annotations

import json

from dash import dcc, html

from kg.web.markup import Markup, plain


def test_a_part_without_callbacks_becomes_one_component() -> None:
    link = dcc.Link("BarNet", href="/entity/Method/method:barnet", className="mark method")
    body = [html.H1("A title", id="heading"), html.P(["It beats ", link, "."], className="lead"), "A text"]
    [made] = plain(body)
    assert isinstance(made, Markup)
    assert made.body == [
        ["h1", {"id": "heading"}, "A title"],
        ["p", {"className": "lead"}, "It beats ",
         ["Link", {"href": "/entity/Method/method:barnet", "className": "mark method"}, "BarNet"], "."],
        "A text",
    ]  # fmt: skip


def test_what_callbacks_use_stays_in_its_place() -> None:
    button = html.Button("Save", id={"save": "results"}, n_clicks=0)
    field = dcc.Input(id="since")
    parts = plain([html.P("before"), html.Div([html.H2("Table"), button, "and"], className="x"), field])
    before, middle, last = parts
    assert isinstance(before, Markup) and before.body == [["p", {}, "before"]]
    assert middle.className == "x" and last is field
    heading, kept, after = middle.children
    assert heading.body == [["h2", {}, "Table"]] and kept is button and after.body == ["and"]


def test_a_title_with_a_script_stays_a_text() -> None:
    [made] = plain([html.P("<script>window.hacked = 1</script>", **{"aria-label": "x"})])
    assert made.body == [["p", {"aria-label": "x"}, "<script>window.hacked = 1</script>"]]
    assert json.loads(json.dumps(made.to_plotly_json()))["namespace"] == "paperkg"
