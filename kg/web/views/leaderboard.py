"""Leaderboards: the numbers that papers report on a benchmark, by metric."""

from __future__ import annotations

from collections import Counter
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from kg.web.address import Address, href
from kg.web.facts import LIMIT, results
from kg.web.parts import Bar, Node, Page, aria, bars, heading, link, number, section
from kg.web.reader import Reader, label_of
from kg.web.views.entity import unknown
from kg.web.views.results import result_table

_TOP = 15
_CHOICE = 30
_UNSTATED = "not stated"
_LESS_IS_BETTER = ("error", "perplexity", "loss", "latency", "time", "wer", "cer", "fid", "rmse", "mae", "mse", "cost")


def page(address: Address, reader: Reader) -> Page:
    """The view of ``/leaderboard`` and of ``/leaderboard/BENCHMARK?metric=…&kind=relative``."""
    if len(address.path) == 1:
        return _choice(address, reader)
    identifier = address.path[1]
    node = reader.node("Benchmark", identifier)
    if node is None or len(address.path) != 2:
        return unknown("benchmark", identifier)
    name = node["name"]
    rows = results(reader, "Benchmark", identifier)
    if not rows:
        none = html.P(
            ["No paper of this graph states a number on ", link("Benchmark", identifier, name), "."], className="none"
        )
        other = html.P(dcc.Link("All leaderboards", href=href("leaderboard"), className="button"))
        return Page(f"{name} · leaderboard", [heading(name, label="Benchmark"), none, other])
    metrics = Counter(str(row["metric"] or _UNSTATED) for row in rows)
    metric = address.first("metric")
    metric = metric if metric in metrics else max(metrics, key=lambda m: (metrics[m], m))
    chosen = [row for row in rows if str(row["metric"] or _UNSTATED) == metric]
    chosen.sort(key=lambda row: str(row["kind"]))  # absolute before relative
    lead: list[Node] = [
        "Numbers as papers state them on ",
        link("Benchmark", identifier, name),
        ". Settings differ: read the sentence.",
    ]
    return Page(
        f"{name} · leaderboard",
        [
            heading(f"{name} leaderboard", label="Benchmark", lead=lead),
            _metrics(identifier, metrics, metric),
            _chart(chosen, metric),
            section("Every number", result_table(reader, f"{name}-{metric}", chosen, "benchmark", "metric"),
                    note="Sort by a column; select a row for its sentence"),
        ],
    )  # fmt: skip


def _all() -> Component:
    return html.P(dcc.Link("Show more benchmarks", href=href("leaderboard", all="yes")), className="note")


def _choice(address: Address, reader: Reader) -> Page:
    query = (
        "MATCH (r:Result)-[:`ON`]->(b:Benchmark) RETURN b.id AS id, b.name AS name, count(*) AS n "
        "ORDER BY n DESC, name, id LIMIT $limit"
    )
    limit = LIMIT if address.first("all") else _CHOICE
    found = list(reader.rows(query, limit=limit + 1))
    rest = [] if len(found) <= limit or limit == LIMIT else [_all()]
    lead = "Benchmarks on which papers of this graph state numbers; choose one."
    items = [
        Bar(
            link("Benchmark", row["id"], row["name"], href("leaderboard", row["id"])),
            "Benchmark",
            row["n"],
            f"{row['n']:,}",
        )
        for row in found[:limit]
    ]
    body = (
        bars(items, "Benchmarks by how many numbers")
        if items
        else html.P("No paper of this graph states a number on a benchmark.", className="none")
    )
    return Page("Leaderboards", [heading("Leaderboards", lead=lead), section("Numbers on each benchmark", body, *rest)])


def _metrics(benchmark: str, metrics: Counter[str], chosen: str) -> Component:
    links = [
        html.Li(
            dcc.Link(
                f"{metric} ({n})",
                href=href("leaderboard", benchmark, metric=metric),
                className="tab current" if metric == chosen else "tab",
            )
        )
        for metric, n in metrics.most_common()
    ]
    return html.Nav(html.Ul(links), className="tabs", **aria(label="Metrics"))


def _chart(rows: list[dict[str, Any]], metric: str) -> Component:
    """The absolute numbers of the commonest unit, the best of each method, best first."""
    absolute = [row for row in rows if row["kind"] == "absolute" and row["number"] is not None and row["subject"]]
    if not absolute:
        return section("Best of each method", html.P("Only relative numbers are stated.", className="none"))
    unit = Counter(row["unit"] or "" for row in absolute).most_common(1)[0][0]
    less = any(word in metric.casefold().split() for word in _LESS_IS_BETTER)
    best: dict[str, dict[str, Any]] = {}
    for row in sorted(
        (r for r in absolute if (r["unit"] or "") == unit), key=lambda r: number(r["number"]), reverse=not less
    ):
        best.setdefault(row["subject_id"], row)
    items = [
        Bar(
            link(label_of(row["subject_label"]), row["subject_id"], row["subject"]),
            label_of(row["subject_label"]),
            number(row["number"]),
            row["value"],
        )
        for row in list(best.values())[:_TOP]
    ]
    return section("Best of each method", bars(items, f"Best {metric} of each method"),
                   note="Lower is better" if less else "Absolute numbers; higher is better")  # fmt: skip
