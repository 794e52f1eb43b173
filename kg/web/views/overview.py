"""The first view: how much there is, what is evaluated, extended and spoken of most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from dash import dcc, html
from dash.development.base_component import Component

from kg.schema import NODE_LABELS
from kg.web.address import Address, href
from kg.web.parts import Bar, Page, aria, bars, command, heading, link, notice, section
from kg.web.reader import Reader, label_of

TOP = 10
_METHODS = 8
QUESTIONS = ("which methods report on {benchmark}", "what outperforms {method}", "which papers use {method}")


def page(_address: Address, reader: Reader) -> Page:
    """The overview of a graph, or what to do where it is empty."""
    if not reader.counts["nodes"]:
        return Page("Empty graph", [empty()])
    nodes = reader.counts["nodes"]
    benchmarks = evaluated(reader)
    methods = extended(reader)
    papers = nodes.get("Paper", 0)
    lead = "What these papers propose, compare, measure and build on — each fact with the sentence it was read from."
    return Page(
        "Overview",
        [
            heading(f"{papers:,} {'paper' if papers == 1 else 'papers'}, read into a graph", lead=lead),
            _tally(nodes),
            _try(benchmarks, methods),
            html.Div(
                [
                    section("Most evaluated benchmarks", _benchmarks(benchmarks), note="Papers that evaluate on each"),
                    section("Most extended methods", _methods(methods), note="Methods and models based on each"),
                ],
                className="columns",
            ),
            section("Methods over time", over_time(reader), note="Papers that mention each"),
        ],
    )


def empty() -> Component:
    """What to do about a graph without papers."""
    return notice(
        "This graph is empty",
        html.P("There is nothing to look at until papers have been read into it. Build it, then reload this page:"),
        command("kg build papers.txt"),
        html.P("To try it with the sample papers that ship with the program:"),
        command("kg build --sample"),
    )


def evaluated(reader: Reader, limit: int = TOP) -> list[tuple[str, str, int]]:
    """Id and name of the benchmarks that most papers evaluate on, with how many."""
    query = (
        "MATCH (p:Paper)-[:EVALUATES_ON]->(b:Benchmark) RETURN b.id AS id, b.name AS name, count(*) AS n "
        "ORDER BY n DESC, name, id LIMIT $limit"
    )
    rows = reader.kept(("evaluated", limit), lambda: list(reader.rows(query, limit=limit)))
    return [(row["id"], row["name"], row["n"]) for row in rows]


def extended(reader: Reader, limit: int = TOP) -> list[tuple[str, str, str, int]]:
    """Label, id and name of the methods and models that most others are based on, with how many."""
    query = (
        "MATCH (a:Method|Model)-[:BASED_ON]->(b:Method|Model) "
        "RETURN labels(b) AS label, b.id AS id, b.name AS name, count(*) AS n "
        "ORDER BY n DESC, name, id LIMIT $limit"
    )
    rows = reader.kept(("extended", limit), lambda: list(reader.rows(query, limit=limit)))
    return [(label_of(row["label"]), row["id"], row["name"], row["n"]) for row in rows]


def _tally(nodes: dict[str, int]) -> Component:
    counted = [(label, nodes[label]) for label in NODE_LABELS if nodes.get(label) and label != "Paper"]
    items = [
        html.Div([html.Dt(label if n == 1 else f"{label}s"), html.Dd(f"{n:,}")], className=label.lower())
        for label, n in counted
    ]
    return html.Dl(items, className="tally")


def _try(benchmarks: list[tuple[str, str, int]], methods: list[tuple[str, str, str, int]]) -> Component:
    names = {"benchmark": benchmarks[0][1] if benchmarks else "", "method": methods[0][2] if methods else ""}
    asked = [
        q.format(**names) for q in QUESTIONS if all(value or f"{{{key}}}" not in q for key, value in names.items())
    ]
    items = [html.Li(dcc.Link(question, href=href("ask", q=question))) for question in asked]
    return html.Nav([html.H2("Ask, for example"), html.Ul(items)], className="questions") if items else html.Div()


def _benchmarks(found: list[tuple[str, str, int]]) -> Component:
    if not found:
        return html.P("No paper of this graph is said to evaluate on a benchmark.", className="none")
    items = [Bar(link("Benchmark", i, name), "Benchmark", n, f"{n:,}") for i, name, n in found]
    return bars(items, "Benchmarks by number of papers")


def _methods(found: list[tuple[str, str, str, int]]) -> Component:
    if not found:
        return html.P("No method of this graph is said to be based on another.", className="none")
    return bars([Bar(link(la, i, name), la, n, f"{n:,}") for la, i, name, n in found], "Methods by extensions")


def timeline(reader: Reader, limit: int = _METHODS) -> tuple[list[str], list[tuple[str, str, str, list[int]]]]:
    """Periods (months, quarters or years), and label, id, name and papers of each for the methods most spoken of."""
    top = reader.spoken_of(limit)
    months = sorted({month for counter in top.values() for month in counter})
    if not months:
        return [], []
    step = _step(len(_range(months[0], months[-1])))
    periods = list(dict.fromkeys(step(month) for month in _range(months[0], months[-1])))
    lines = []
    for (label, identifier), counter in top.items():
        node = reader.node(label, identifier)
        sums: Counter[str] = Counter()
        for month, n in counter.items():
            sums[step(month)] += n
        lines.append((label, identifier, node["name"] if node else identifier, [sums[period] for period in periods]))
    return periods, lines


def _range(first: str, last: str) -> list[str]:
    start, end = ((int(month[:4]) * 12 + int(month[5:7] or 1) - 1) for month in (first, last))
    return [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(start, end + 1)]


def _step(months: int) -> Callable[[str], str]:
    if months <= 18:
        return lambda month: month
    if months <= 60:
        return lambda month: f"{month[:4]} Q{(int(month[5:7]) + 2) // 3}"
    return lambda month: month[:4]


def over_time(reader: Reader) -> Component:
    """The methods most spoken of, as a table of small bars by period."""
    periods, lines = timeline(reader)
    if not lines:
        return html.P(
            "No paper of this graph has a date. arXiv metadata and JSON lines may give one.", className="none"
        )
    top = max(max(values) for *_, values in lines)
    head = html.Tr([html.Th("Method", scope="col"), *(html.Th(period, scope="col") for period in periods)])
    body = [
        html.Tr(
            [
                html.Th(link(label, identifier, name), scope="row"),
                *(
                    html.Td(
                        [
                            html.Span(className=f"column {label.lower()}", style={"--part": f"{value / top:.3f}"}),
                            html.Span(f"{value}", className="value" if value else "value zero"),
                        ]
                    )
                    for value in values
                ),
            ]
        )
        for label, identifier, name, values in lines
    ]
    return html.Div(
        html.Table([html.Thead(head), html.Tbody(body)], className="timeline"),
        className="scroll",
        tabIndex=0,
        role="region",
        **aria(label="Methods over time"),
    )
