"""A query in Cypher and its rows; the page has this view only where who serves it allows it."""

from __future__ import annotations

import json
import threading
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from kg.ask.render import cell
from kg.errors import InputError
from kg.store.limited import Limits
from kg.web.address import Address, href
from kg.web.parts import Node, Page, aria, column, heading, notice, section, table
from kg.web.reader import Reader

LIMITS = Limits(seconds=5, rows=500)
LONGEST = 4000
"""Characters of a query: it has to fit into an address."""
_CELL = 1000
_EXAMPLES = (
    "MATCH (m:Method)-[:BASED_ON]->(b:Method)\nRETURN b.name AS method, count(m) AS extensions\n"
    "ORDER BY extensions DESC, method LIMIT 20",
    "MATCH (p:Paper)-[:HAS_RESULT]->(r:Result)-[:`ON`]->(b:Benchmark)\nRETURN b.name, r.value, p.title LIMIT 50",
)
_one_at_a_time = threading.Semaphore()


def page(address: Address, reader: Reader) -> Page:
    """The view of ``/cypher?q=…``."""
    query = address.first("q")
    lead = f"It can only read, for {LIMITS.seconds:g} seconds at most; the first {LIMITS.rows} rows are shown."
    body: list[Node] = [heading("Query in Cypher", lead=lead), _form(query)]
    if not query:
        return Page("Cypher", [*body, _examples()])
    try:
        return Page("Cypher", [*body, *_answer(query, reader)])
    except InputError as error:
        return Page("Cypher", [*body, notice("This query was not run to its end", html.P(str(error)), level=2)])


def _answer(query: str, reader: Reader) -> list[Node]:
    if len(query) > LONGEST:
        raise InputError(f"the query has more than {LONGEST:,} characters", "run it with kg query or in Python")
    if not _one_at_a_time.acquire(blocking=False):
        raise InputError("another query is still running", "reload the page in a few seconds")
    try:
        found = reader.store.run_limited(query, LIMITS)
    finally:
        _one_at_a_time.release()
    if not found.rows:
        return [notice("No rows", html.P("The query is right, but nothing in this graph matches it."), level=2)]
    rows = [
        {str(i): _said(value)[:_CELL] for i, value in enumerate(row)} for row in found.rows[: LIMITS.rows]
    ]  # names of columns may hold dots, which the table would take for paths
    columns = [column(str(i), name) for i, name in enumerate(found.columns)]
    n = len(rows)
    title = f"The first {n:,} rows" if len(found.rows) > n else "1 row" if n == 1 else f"{n:,} rows"
    return [section(title, table("answer", columns, rows, "Rows", file="rows"))]


def _said(value: Any) -> str:
    if isinstance(value, dict):  # a node, an edge, a path or a map
        kind, name = value.get("label") or value.get("type"), value.get("name")
        return f"{kind} {name or ''}".strip() if kind else json.dumps(value, ensure_ascii=False)
    return "; ".join(map(_said, value)) if isinstance(value, list) else cell(value)


def _form(query: str) -> Component:
    field = dcc.Textarea(id="cypher", value=query, placeholder=_EXAMPLES[0], maxLength=LONGEST, rows=6,
                         spellCheck=False, className="field code")  # fmt: skip
    return html.Div(
        [
            html.Label("Query", htmlFor="cypher", className="hidden"),
            field,
            html.P([html.Button("Run", id="run", className="primary", n_clicks=0), html.Span("or Ctrl + Enter")],
                   className="note"),
        ],
        className="query",
        role="search",
        **aria(label="Query"),
    )  # fmt: skip


def _examples() -> Component:
    items = [html.Li(dcc.Link(html.Pre(html.Code(query)), href=href("cypher", q=query))) for query in _EXAMPLES]
    return html.Nav([html.H2("Such as"), html.Ul(items)], className="examples")
