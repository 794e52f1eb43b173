"""One paper: its abstract with the mentions marked, what was read from it, where it comes from."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from kg.web.address import Address, href
from kg.web.facts import Fact, results, roles, stated_in
from kg.web.parts import Node, Page, heading, legend, link, marked, percent, section, sentence_of, spans
from kg.web.reader import PaperText, Reader
from kg.web.views.entity import unknown
from kg.web.views.results import result_table

_ROLE_TITLES = {
    "PROPOSES": "Proposes", "EVALUATES_ON": "Evaluates on", "TRAINS_ON": "Trains on", "USES": "Uses",
    "COMPARES_WITH": "Compares with", "ADDRESSES": "Addresses", "REPORTS": "Reports",
}  # fmt: skip
_VERBS = {
    "EVALUATED_ON": "is evaluated on", "BASED_ON": "is based on", "OUTPERFORMS": "outperforms",
    "APPLIED_TO": "is applied to", "VARIANT_OF": "is a variant of",
}  # fmt: skip


def page(address: Address, reader: Reader) -> Page:
    """The view of ``/paper/ID``."""
    identifier = address.path[1] if len(address.path) == 2 else ""
    node = reader.node("Paper", identifier)
    if node is None:
        return unknown("paper", identifier)
    text = reader.texts([identifier])[identifier]
    facts, numbers = stated_in(reader, identifier), results(reader, "Paper", identifier)
    around = dcc.Link("Show in the graph", href=href("graph", "Paper", identifier), className="button")
    body: list[Node] = [
        heading(node["title"], label="Paper", lead=_lead(node)),
        html.P([*_links(node), around], className="tools"),
        html.Div(
            [_abstract(text), section("What it is about", _roles(roles(reader, identifier)))], className="reading"
        ),
    ]  # fmt: skip
    if facts:
        body.append(
            section(f"Relations ({len(facts)})", html.Ul([_relation(text, *fact) for fact in facts], className="facts"))
        )
    if numbers:
        body.append(
            section("Results", result_table(reader, identifier, numbers, "title"), note="Select a row for its sentence")
        )
    return Page(node["title"], body)


def _lead(node: dict[str, object]) -> str:
    authors = node["authors"] if isinstance(node["authors"], list) else []
    named = ", ".join(authors[:8]) + (f" and {len(authors) - 8} more" if len(authors) > 8 else "")
    return " · ".join(str(part) for part in (named, node["published"]) if part)


def _links(node: dict[str, object]) -> list[Component]:
    found = []
    if node["arxiv_id"]:
        found.append(("arXiv", f"https://arxiv.org/abs/{node['arxiv_id']}"))
    if node["doi"]:
        found.append(("DOI", f"https://doi.org/{node['doi']}"))
    url = str(node["url"] or "")
    if url.startswith(("https://", "http://")):  # what a file says may be any text
        found.append(("Source", url))
    return [html.A(name, href=to, className="button", rel="noreferrer", target="_blank") for name, to in found]


def _abstract(paper: PaperText) -> Component:
    offset = len(paper.title) + 1
    marks = [mark for mark in paper.marks if mark.start >= offset]
    if not paper.abstract.strip():
        return html.P("This paper has a title alone.", className="none")
    present = list(dict.fromkeys(mark.label for mark in marks))
    return html.Section(
        [
            html.H2("Abstract"),
            html.P(marked(spans(paper.abstract, marks, offset)), className="abstract"),
            legend(sorted(present)),
        ]
    )


def _roles(facts: list[Fact]) -> Component:
    if not facts:
        return html.P("Nothing was read from this paper.", className="none")
    items: list[Component] = []
    for kind, title in _ROLE_TITLES.items():
        of = [fact for fact in facts if fact.type == kind]
        if of:
            items.append(html.Div([html.Dt(title), html.Dd([link(fact.label, fact.id, fact.name) for fact in of])]))
    return html.Dl(items, className="roles")


def _relation(text: PaperText, subject: str, fact: Fact) -> Component:
    label, identifier, name = subject.split("\n", 2)
    said: list[Node] = [link(label, identifier, name), f" {_VERBS[fact.type]} ", link(fact.label, fact.id, fact.name)]
    quote = html.Blockquote(sentence_of(text, fact.sentences[0])) if fact.sentences else ""
    sure = f"{percent(fact.confidence)} confidence" if fact.confidence is not None else ""
    return html.Li([html.Span(said), html.Div([quote, html.P(sure, className="cite")])])
