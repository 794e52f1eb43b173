"""One entity: its names, the papers that mention it, its relations with their evidence, its results."""

from __future__ import annotations

from collections.abc import Iterable

from dash import dcc, html
from dash.development.base_component import Component

from kg.web.address import Address, href, of_node
from kg.web.facts import Fact, mentions, relations, results
from kg.web.parts import Node, Page, heading, link, more, notice, percent, section, sentence_of
from kg.web.reader import ENTITIES, PaperText, Reader
from kg.web.views.results import result_table

_RELATION_TITLES = {
    ("EVALUATED_ON", True): "Evaluated on",
    ("EVALUATED_ON", False): "Evaluated on it",
    ("BASED_ON", True): "Based on",
    ("BASED_ON", False): "Based on it",
    ("OUTPERFORMS", True): "Outperforms",
    ("OUTPERFORMS", False): "Outperformed by",
    ("APPLIED_TO", True): "Applied to",
    ("APPLIED_TO", False): "Applied to it",
    ("VARIANT_OF", True): "Variant of",
    ("VARIANT_OF", False): "Variants",
}
_ROLE_WORDS = {
    "PROPOSES": "proposes it", "EVALUATES_ON": "evaluates on it", "TRAINS_ON": "trains on it", "USES": "uses it",
    "COMPARES_WITH": "compares with it", "ADDRESSES": "addresses it", "REPORTS": "reports it",
}  # fmt: skip
_OPEN = 8
"""Relations of one kind, and papers, of which all are shown on demand: what nobody reads makes every click slower."""
_PAPERS = 20
_ALIASES = 24


def page(address: Address, reader: Reader) -> Page:
    """The view of ``/entity/LABEL/ID``."""
    label, identifier = address.path[1:3] if len(address.path) == 3 else ("", "")
    node = reader.node(label, identifier) if label in ENTITIES else None
    if node is None:
        return unknown("entity", identifier)
    name = node["name"]
    facts = relations(reader, label, identifier)
    papers = mentions(reader, label, identifier)
    numbers = results(reader, label, identifier)
    every = address.first("all")
    groups = [(title, of[: None if every == "relations" else _OPEN], len(of)) for title, of in _grouped(facts)]
    texts = reader.texts(fact.papers[0] for _, of, _ in groups for fact in of if fact.papers)
    total = node["papers"] or len(papers)
    body: list[Node] = [heading(name, label=label, lead=_lead(node, total)), _links(label, identifier)]
    for title, of, n in groups:
        shown = html.Ul([_relation(fact, texts) for fact in of], className="facts")
        to_all = href("entity", label, identifier, all="relations")
        body.append(section(f"{title} ({n})", shown, *more(len(of), n, "relations", to_all)))
    if numbers:
        body.append(section("Results", result_table(reader, name, numbers), note="Select a row for its sentence"))
    read = papers if every == "papers" else papers[:_PAPERS]
    to_all = "" if len(read) == len(papers) else href("entity", label, identifier, all="papers")
    body.append(section("Papers", _paper_list(read), *more(len(read), total, "papers", to_all)))
    return Page(name, body)


def unknown(what: str, identifier: str) -> Page:
    """What is shown where an address names nothing of this graph."""
    return Page(
        "Not in this graph",
        [
            notice(
                "This is not in the graph",
                html.P(
                    ["There is no ", what, " ", html.Code(identifier), " here. The graph may have been built anew."]
                ),
                html.P(dcc.Link("Search for it by name", href=href("search"), className="button")),
            )
        ],
    )


def _lead(node: dict[str, object], papers: int) -> list[Node]:
    aliases = node["aliases"] if isinstance(node["aliases"], list) else []
    others = [alias for alias in aliases if alias != node["name"]]
    said: list[Node] = [f"In {papers:,} {'paper' if papers == 1 else 'papers'}."]
    if others:
        rest = f" and {len(others) - _ALIASES} more" if len(others) > _ALIASES else ""
        said += [" Also written ", html.Span(", ".join(others[:_ALIASES]), className="aliases"), f"{rest}."]
    return said


def _links(label: str, identifier: str) -> Component:
    links = [dcc.Link("Show in the graph", href=href("graph", label, identifier), className="button")]
    if label == "Benchmark":
        links.append(dcc.Link("Leaderboard", href=href("leaderboard", identifier), className="button"))
    return html.P(links, className="tools")


def _grouped(facts: Iterable[Fact]) -> list[tuple[str, list[Fact]]]:
    groups: dict[str, list[Fact]] = {title: [] for title in _RELATION_TITLES.values()}
    for fact in facts:
        groups[_RELATION_TITLES[fact.type, fact.outgoing]].append(fact)
    return [(title, of) for title, of in groups.items() if of]


def _relation(fact: Fact, texts: dict[str, PaperText]) -> Component:
    text = texts.get(fact.papers[0]) if fact.papers else None
    said = "1 sentence" if len(fact.sentences) == 1 else f"{len(fact.sentences)} sentences"
    sentence = html.Blockquote(sentence_of(text, fact.sentences[0])) if fact.sentences else ""
    cite: list[Node] = []
    if fact.papers:
        title = text.title if text else fact.papers[0]
        cite = [dcc.Link(title, href=of_node("Paper", fact.papers[0]))]
        if fact.confidence is not None:
            said += f", {percent(fact.confidence)} confidence"
        cite.append(html.Span(said))
    return html.Li([link(fact.label, fact.id, fact.name), html.Div([sentence, html.P(cite, className="cite")])])


def _paper_list(papers: list[dict[str, object]]) -> Component:
    if not papers:
        return html.P("No paper of this graph mentions it.", className="none")
    lines = []
    for paper in papers:
        roles = paper["roles"] if isinstance(paper["roles"], list) else []
        said = [_ROLE_WORDS[role] for role in roles]
        if paper["published"]:
            said.insert(0, str(paper["published"]))
        lines.append(
            html.Li(
                [
                    dcc.Link(str(paper["title"]), href=href("paper", str(paper["id"]))),
                    html.Span(" · ".join(said) or "mentions it", className="date"),
                ]
            )
        )
    return html.Ul(lines, className="papers")
