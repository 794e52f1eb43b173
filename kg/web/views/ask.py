"""A question, its answer as a table, the sentences behind the rows, and the Cypher that found them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from kg.ask import Answer
from kg.ask.render import cell
from kg.web.address import Address, href
from kg.web.parts import Node, Page, Quote, aria, column, heading, legend, more, notice, quotes, section, table
from kg.web.reader import Reader

ROWS = 500
"""Rows of an answer that are sent to a browser."""
_WIDE, _NARROW = {"width": 400, "minWidth": 260}, {"width": 200, "minWidth": 130}
_QUOTES, _ALL_QUOTES = 12, 100

_EXAMPLES = (
    "which methods report on GSM8K",
    "what outperforms PPO",
    "which papers propose a benchmark",
    "which methods are based on GRPO",
    "what is MATH500",
)


def page(address: Address, reader: Reader) -> Page:
    """The view of ``/ask?q=…``."""
    question = address.first("q")
    if not question:
        lead = "Ask in plain English. The answer has its sentences and its query."
        return Page("Ask", [heading("Ask the graph", lead=lead), _form(""), _suggestions("Such as", _EXAMPLES)])
    answer = reader.asker.ask(question)
    body: list[Node] = [heading("Ask the graph"), _form(question)]
    body.append(html.Div([html.P(note) for note in answer.notes], className="notes", role="status"))
    if answer.rows:
        body += _rows(answer, reader, address)
    if answer.suggestions:
        body.append(_suggestions("Questions that have an answer", answer.suggestions))
    if answer.query:
        body.append(_query(answer))
    if not (answer.rows or answer.suggestions):
        body.append(notice("No answer", html.P("Try another wording, or search for a name.")))
    return Page(f"{question} · ask", body)


def _form(question: str) -> Component:
    return html.Div(
        [
            html.Label("Question", htmlFor="question", className="hidden"),
            dcc.Input(id="question", type="text", value=question, placeholder="which methods report on MATH500",
                      maxLength=400, autoComplete="off", className="field"),
            html.Button("Ask", id="ask", className="primary", n_clicks=0),
        ],
        className="ask",
        role="search",
        **aria(label="Ask"),
    )  # fmt: skip


def _suggestions(title: str, questions: tuple[str, ...]) -> Component:
    items = [html.Li(dcc.Link(question, href=href("ask", q=question))) for question in questions]
    return html.Nav([html.H2(title), html.Ul(items)], className="questions")


def _rows(answer: Answer, reader: Reader, address: Address) -> list[Node]:
    said = [name for name in ("sentence", "sentences") if name in answer.columns]
    shown = [name for name in answer.columns if name not in said]
    rows = [
        {name: cell(value) for name, value in zip(answer.columns, row, strict=True) if name in shown}
        for row in answer.rows[:ROWS]
    ]
    columns = [column(name, name.capitalize(), **_WIDE if name == "paper" else _NARROW) for name in shown]
    title = "1 row" if len(answer.rows) == 1 else f"{len(answer.rows):,} rows"
    body: list[Node] = [
        section(title, table("answer", columns, rows, "Answer"), *more(len(rows), len(answer.rows), "rows"))
    ]
    found = list(_quotes(answer, reader))
    if found:
        everything = address.first("evidence") == "all"
        to_all = "" if everything else href("ask", q=address.first("q"), evidence="all")
        proof = quotes(reader, found, _ALL_QUOTES if everything else _QUOTES, to_all)
        body.append(section("Evidence", legend(), proof))
    return body


def _quotes(answer: Answer, reader: Reader) -> Iterator[Quote]:
    papers = reader.papers_by_title(item.paper for item in answer.evidence[:ROWS])
    seen: dict[tuple[str, str], list[str]] = {}
    for item in answer.evidence[:ROWS]:
        sentences: Any = item.sentence
        for sentence in sentences if isinstance(sentences, list) else [sentences]:
            if sentence and item.paper in papers:
                names = seen.setdefault((papers[item.paper], sentence), [])
                name = cell(answer.rows[item.row][0])
                if name not in names and name != item.paper:
                    names.append(name)
    for (paper, sentence), names in seen.items():
        yield Quote(paper, sentence, ", ".join(names[:6]))


def _query(answer: Answer) -> Component:
    values = [f"// ${name} = {value!r}" for name, value in answer.parameters.items()]
    text = "\n".join((*values, answer.query))
    return html.Details([html.Summary("The Cypher that found this"), html.Pre(html.Code(text), tabIndex=0)], open=True)
