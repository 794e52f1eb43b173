"""Search over names and aliases."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from kg.ask import Found
from kg.web.address import Address, href, of_node
from kg.web.parts import Page, chip, heading, notice
from kg.web.reader import Reader

_LIMIT = 40
COMPLETIONS = 8


def page(address: Address, reader: Reader) -> Page:
    """The view of ``/search?q=…``."""
    text = address.first("q")
    if not text:
        return Page("Search", [heading("Search", lead="Type a part of any name or alias in the field above.")])
    found = reader.names.find(text, _LIMIT)
    if found:
        count = f"The first {_LIMIT}" if len(found) == _LIMIT else f"{len(found)}"
        lead = f"{count} {'name' if len(found) == 1 else 'names'} in this graph, those that begin so first."
        return Page(f"{text} · search", [heading(f"“{text}”", lead=lead), html.Ul(_lines(found), className="found")])
    near = reader.names.nearest(text, COMPLETIONS)
    body = [html.P("No name or alias in this graph has that in it." + (" The nearest are:" if near else ""))]
    more = [html.Ul(_lines(near), className="found")] if near else []
    ask = html.P(dcc.Link("Ask it as a question", href=href("ask", q=text), className="button"))
    return Page(f"{text} · search", [notice(f"Nothing is called “{text}”", *body, *more, ask)])


def completions(reader: Reader, text: str) -> list[Component]:
    """The best names for what is typed so far, as links."""
    return _lines(reader.names.find(text, COMPLETIONS))


def _lines(found: list[Found]) -> list[Component]:
    return [
        html.Li(
            dcc.Link(
                [
                    html.Span(
                        [match.name, html.Span(f" {match.alias}", className="alias")] if match.alias else match.name
                    ),
                    chip(match.label),
                ],
                href=of_node(match.label, match.id),
            )
        )
        for match in found
    ]
