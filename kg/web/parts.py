"""What several views are made of: chips, bars, tables, evidence with marked mentions, notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import dash_ag_grid
from dash import dcc, html
from dash.development.base_component import Component

from kg.web.address import href, of_node
from kg.web.reader import ENTITIES, Mark, PaperText, Reader

Node = Component | str


@dataclass(frozen=True)
class Page:
    """A view as it is shown: the title of the window and what stands below the header."""

    title: str
    body: Sequence[Node]


@dataclass(frozen=True)
class Quote:
    """A sentence of a paper that states something; ``paper`` is its id."""

    paper: str
    sentence: str
    lead: str = ""


def aria(**names: str) -> dict[str, Any]:
    """What a component is to assistive technology: ``aria(label="Views")``."""
    return {f"aria-{name}": value for name, value in names.items()}


def heading(title: Node | Sequence[Node], *, label: str = "", lead: Node | Sequence[Node] = "") -> Component:
    """The first heading of a view, with the type of what it shows above and a line below."""
    kind = [chip(label)] if label else []
    return html.Header([*kind, html.H1(title, id="heading", tabIndex=-1), html.P(lead, className="lead")])


def chip(label: str) -> Component:
    """The name of a node label in its colour."""
    return html.Span(label, className=f"chip {label.lower()}")


def link(label: str, identifier: str, name: str, to: str = "") -> Component:
    """A link to a node in the colour of its label; ``to`` is another address than the node's own."""
    return dcc.Link(name, href=to or of_node(label, identifier), className=f"node {label.lower()}", title=label)


def legend(labels: Iterable[str] = ENTITIES) -> Component:
    """The colours of the labels."""
    return html.Ul([html.Li(label, className=label.lower()) for label in labels], className="legend")


def section(title: str, *body: Node, note: str = "") -> Component:
    """A part of a view with its heading."""
    said = [html.P(note, className="note")] if note else []
    return html.Section([html.H2(title), *said, *body])


def notice(title: str, *body: Node, level: int = 1) -> Component:
    """A state that says what to do: of a whole view, or below its heading with ``level`` 2."""
    head = html.H1(title, id="heading", tabIndex=-1) if level == 1 else html.H2(title)
    return html.Div([head, *body], className="notice", role="status")


def command(text: str) -> Component:
    """A command to type."""
    return html.Pre(html.Code(text), tabIndex=0)


def more(shown: int, total: int, what: str, all_of_it: str = "") -> list[Node]:
    """A line that says how much of a long list is shown; ``all_of_it`` is the address of a view that shows more."""
    if shown >= total:
        return []
    said: list[Node] = [f"The first {shown:,} of {total:,} {what}."]
    if all_of_it:
        said += [" ", dcc.Link("Show all", href=all_of_it)]
    return [html.P(said, className="note")]


@dataclass(frozen=True)
class Bar:
    """A line of a bar chart; ``name`` is a link, ``label`` gives the colour and ``shown`` the text of the value."""

    name: Component
    label: str
    value: float
    shown: str


def bars(items: Sequence[Bar], what: str) -> Component:
    """A bar chart that is a list: names, bars from zero, values."""
    top = max((abs(item.value) for item in items), default=0) or 1
    lines = [
        html.Li(
            [
                item.name,
                html.Span(
                    className=f"bar {item.label.lower()}", style={"--part": f"{100 * max(item.value, 0) / top:.1f}%"}
                ),
                html.Span(item.shown, className="value"),
            ]
        )
        for item in items
    ]
    return html.Ol(lines, className="bars", **aria(label=what))


def table(
    identifier: str, columns: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]], what: str, file: str = ""
) -> Component:
    """A ``grid`` with a button that saves it as CSV."""
    save = html.Button("Save as CSV", id={"save": identifier}, className="quiet", n_clicks=0)
    shown = html.Div(grid(identifier, columns, rows, file), role="region", **aria(label=what))
    return html.Div([shown, html.P(save, className="tools")])


def grid(
    identifier: str, columns: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]], file: str = ""
) -> Component:
    """A sortable table whose cells are texts; ``columns`` are AG Grid's definitions."""
    made: Component = dash_ag_grid.AgGrid(
        id={"grid": identifier},
        columnDefs=list(columns),
        rowData=list(rows),
        defaultColDef={"resizable": True, "sortable": True, "filter": False, "minWidth": 96},
        columnSize="responsiveSizeToFit",
        dashGridOptions={
            "theme": {"function": _THEME},
            "domLayout": "autoHeight" if len(rows) <= 15 else "normal",
            "ensureDomOrder": True,
            "suppressColumnVirtualisation": True,
            "enableCellTextSelection": True,
            "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
            "animateRows": False,
        },
        csvExportParams={"fileName": f"{file or identifier}.csv"},
        className="grid" if len(rows) <= 15 else "grid tall",
        style={"height": None} if len(rows) <= 15 else {"height": "30rem"},
    )
    return made


_THEME = (
    "themeQuartz.withParams({"
    "backgroundColor: 'var(--surface)', foregroundColor: 'var(--ink)', accentColor: 'var(--accent)',"
    "headerBackgroundColor: 'var(--surface)', headerTextColor: 'var(--muted)', borderColor: 'var(--line)',"
    "chromeBackgroundColor: 'var(--surface)', oddRowBackgroundColor: 'var(--surface)',"
    "rowHoverColor: 'var(--hover)', selectedRowBackgroundColor: 'var(--hover)', wrapperBorder: false,"
    "headerFontWeight: 600, headerFontSize: '0.8125rem', fontSize: '0.875rem', fontFamily: 'inherit',"
    "columnBorder: false, spacing: 7, wrapperBorderRadius: 0, cellHorizontalPadding: 12, browserColorScheme: 'inherit'"
    "})"
)


def column(field: str, title: str | None = None, **options: Any) -> dict[str, Any]:
    """A column of a table."""
    return {"field": field, "headerName": title or field, "tooltipField": field, **options}


def spans(text: str, marks: Sequence[Mark], offset: int = 0) -> list[tuple[str, Mark | None]]:
    """A text cut where mentions begin and end; ``offset`` is where it begins in what the marks point into."""
    parts: list[tuple[str, Mark | None]] = []
    last = 0
    for mark in marks:
        start, end = mark.start - offset, mark.end - offset
        if start < last or end > len(text):
            continue
        parts += [(text[last:start], None), (text[start:end], mark)]
        last = end
    parts.append((text[last:], None))
    return [(said, mark) for said, mark in parts if said]


def sentence_spans(paper: PaperText | None, sentence: str) -> list[tuple[str, Mark | None]]:
    """A sentence cut at the mentions that its paper has there."""
    at = paper.text.find(sentence) if paper else -1
    if paper is None or at < 0:
        return [(sentence, None)]
    inside = [mark for mark in paper.marks if at <= mark.start and mark.end <= at + len(sentence)]
    return spans(sentence, inside, at)


def marked(parts: Iterable[tuple[str, Mark | None]]) -> list[Node]:
    """A text with its mentions marked; each leads to what it names."""
    return [said if mark is None else _mark(said, mark) for said, mark in parts]


def _mark(said: str, mark: Mark) -> Component:
    title = f"{mark.label}: {mark.name}"
    return dcc.Link(said, href=of_node(mark.label, mark.id), className=f"mark {mark.label.lower()}", title=title)


def sentence_of(paper: PaperText | None, sentence: str) -> list[Node]:
    """A sentence with the mentions that its paper has there."""
    return marked(sentence_spans(paper, sentence))


def quotes(reader: Reader, items: Sequence[Quote], limit: int = 12, all_of_them: str = "") -> Component:
    """Sentences with their mentions marked, each with the paper that it stands in; see ``more``."""
    shown = list(items[:limit])
    texts = reader.texts(item.paper for item in shown)
    lines = []
    for item in shown:
        paper = texts.get(item.paper)
        title = paper.title if paper else item.paper
        cited: list[Node] = [dcc.Link(title, href=href("paper", item.paper))]
        if paper and paper.published:
            cited.append(html.Span(paper.published, className="date"))
        lead = [html.Span(item.lead, className="lead-in")] if item.lead else []
        lines.append(
            html.Li(
                [*lead, html.Blockquote(sentence_of(paper, item.sentence)), html.P(cited, className="cite")],
            )
        )
    return html.Div([html.Ol(lines, className="quotes"), *more(len(shown), len(items), "sentences", all_of_them)])


def percent(confidence: float | None) -> str:
    """A confidence as a person reads it."""
    return "" if confidence is None else f"{100 * confidence:.0f} %"


def number(value: object) -> float:
    """A number of a row, zero where none is known."""
    return float(cast(float, value)) if isinstance(value, int | float) else 0.0
