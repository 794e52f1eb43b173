"""The page as a Dash application: header, routing, what is allowed, and what is shown when something fails."""

from __future__ import annotations

import concurrent.futures
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate
from flask import Flask, Response, abort, request

from kg.errors import KgError
from kg.web import graph_page
from kg.web.address import Address
from kg.web.drawing import stylesheets
from kg.web.markup import plain
from kg.web.parts import Page, aria, command, notice
from kg.web.reader import Library, Reader
from kg.web.rehearsal import examples
from kg.web.views import ask, cypher, entity, graph, leaderboard, overview, paper, results, search

_log = logging.getLogger(__name__)

View = Callable[[Address, Reader], Page]
VIEWS: dict[str, View] = {
    "": overview.page,
    "search": search.page,
    "ask": ask.page,
    "graph": graph.page,
    "entity": entity.page,
    "paper": paper.page,
    "leaderboard": leaderboard.page,
}
_LINKS = (("Overview", "/"), ("Ask", "/ask"), ("Graph", "/graph"), ("Leaderboards", "/leaderboard"))
_LATER = {
    "dash_cytoscape": ("Cytoscape", "^/graph/.+/", ()),
    "dash_ag_grid": ("AgGrid", "^/(ask$|leaderboard/|entity/|paper/)", ("async-community",)),
}
"""Libraries of components: the component that the page has, the views that have it, and what it loads itself."""
_EXAMPLES = examples()
_REQUEST_BYTES = 256_000
_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>{%metas%}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>paperkg</title><link rel="icon" href="ICON">{%css%}</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='11' cy='10' r='4'"
    " fill='%230a6b50'/%3E%3Ccircle cx='6' cy='7' r='5' fill='%2317559e'/%3E%3C/svg%3E"
)
"""The mark of the header; in the page itself, for a file would be asked for with every view."""


def make_app(
    library: Library, *, hosts: frozenset[str] | None = None, time_limit: float = 20.0, allow_cypher: bool = False
) -> Dash:
    """The page over a graph, as an application for any WSGI server (``.server``).

    Args:
        library: opens the graph.
        hosts: names by which the server may be called, or None for any. A page that listens on loopback names them,
            so that a web site that lets its own name point to loopback cannot read the graph.
        time_limit: seconds that a view may take before it says so instead.
        allow_cypher: add a view that runs queries; without it, no address takes one.
    """
    server: Any = Flask(__name__)  # Dash declares that it takes another type
    server.config["MAX_CONTENT_LENGTH"] = _REQUEST_BYTES
    app = _App(
        __name__, server=server, title="paperkg", update_title="", serve_locally=True, compress=False,
        assets_folder=str(Path(__file__).with_name("assets")), suppress_callback_exceptions=True,
        index_string=_INDEX.replace("ICON", _ICON), add_log_handler=False,
    )  # fmt: skip
    app.layout = _layout((*_LINKS, ("Cypher", "/cypher")) if allow_cypher else _LINKS)
    pool = concurrent.futures.ThreadPoolExecutor(8, thread_name_prefix="view")
    views = VIEWS | {"cypher": cypher.page} if allow_cypher else VIEWS
    _register(app, lambda address: render(library, address, pool, time_limit, views))
    _register_parts(app, library)
    graph_page.register(app, library)
    _guard(server, app, hosts)
    return app


class _App(Dash):
    """Dash that leaves the libraries of the graph and of tables to ``assets/libraries.js``."""

    def interpolate_index(self, *args: Any, **parts: Any) -> str:
        """See ``Dash.interpolate_index``."""
        later, scripts = {}, parts.pop("scripts")
        for name, (component, views, parts_of_it) in _LATER.items():
            tag = re.compile(rf'<script src="(([^"]*/{name}/)\w+(\.v\w+)\.min\.js)"></script>\n?')
            if found := tag.search(scripts):
                files = [found[1], *(f"{found[2]}{part}{found[3]}.js" for part in parts_of_it)]
                later[name] = {"component": component, "views": views, "files": files, "example": _EXAMPLES[name]}
                scripts = tag.sub("", scripts)
        parts["scripts"] = _data("libraries", later) + _data("sheets", stylesheets()) + scripts
        return str(super().interpolate_index(*args, **parts))


def _data(identifier: str, value: object) -> str:
    return f'<script type="application/json" id="{identifier}">{json.dumps(value)}</script>\n'


def _layout(to_views: Sequence[tuple[str, str]]) -> html.Div:
    links = [html.Li(dcc.Link(name, href=to, id={"nav": to})) for name, to in to_views]
    field = dcc.Input(id="search", type="search", placeholder="Find a name", autoComplete="off", maxLength=200,
                      className="field")  # fmt: skip
    return html.Div(
        [
            dcc.Location(id="url", refresh=False),
            dcc.Store(id="title"),
            dcc.Store(id="wanted"),
            html.A("Skip to the content", href="#heading", className="skip"),
            html.Header(
                [
                    dcc.Link("paperkg", href="/", className="wordmark"),
                    html.Div(
                        [
                            html.Label("Find a name or alias", htmlFor="search", className="hidden"),
                            field,
                            html.Ul(id="completions", className="found", **aria(label="Completions")),
                        ],
                        className="find",
                        role="search",
                        **aria(label="Find a name"),
                    ),
                    html.Nav(html.Ul(links), **aria(label="Views")),
                ],
                className="top",
            ),
            html.Div(id="state", role="status"),
            html.Main(id="page"),
        ]
    )


def _register(app: Dash, page_of: Callable[[Address], Page]) -> None:
    app.clientside_callback(
        ClientsideFunction("page", "wanted"), Output("wanted", "data"), Input("url", "pathname"),
        Input("url", "search"), State("wanted", "data"),
    )  # fmt: skip

    @app.callback(
        Output("page", "children"), Output("title", "data"), Input("wanted", "data"), prevent_initial_call=True
    )
    def show(wanted: list[str]) -> tuple[object, str]:
        page = page_of(Address.parse(*wanted))
        return plain(page.body), f"{page.title} · paperkg"

    app.clientside_callback(
        ClientsideFunction("page", "shown"), Output("state", "className"), Input("title", "data"),
        State("url", "pathname"),
    )  # fmt: skip


def _register_parts(app: Dash, library: Library) -> None:

    @app.callback(Output("completions", "children"), Input("search", "value"), prevent_initial_call=True)
    def complete(text: str | None) -> object:
        try:
            return plain(search.completions(library.reader(), text or ""))
        except KgError as error:
            return plain([html.Li(str(error))])

    @app.callback(
        Output({"sentence": "results"}, "children"),
        Input({"grid": "results"}, "selectedRows"),
        prevent_initial_call=True,
    )
    def show_sentence(rows: list[dict[str, object]] | None) -> object:
        if not rows:
            raise PreventUpdate
        return plain(results.sentence(library.reader(), rows[0]))

    said = (
        ("find", Input("search", "n_submit"), State("search", "value")),
        ("put", Input("ask", "n_clicks"), Input("question", "n_submit"), State("question", "value")),
        ("run", Input("run", "n_clicks"), State("cypher", "value")),
    )
    for name, *parts in said:
        app.clientside_callback(ClientsideFunction("page", name), *parts, prevent_initial_call=True)
    for table in ("results", "answer"):
        app.clientside_callback(
            ClientsideFunction("page", "save"), Output({"grid": table}, "exportDataAsCsv"),
            Input({"save": table}, "n_clicks"), prevent_initial_call=True,
        )  # fmt: skip


def render(
    library: Library,
    address: Address,
    pool: concurrent.futures.Executor,
    time_limit: float,
    views: Mapping[str, View] = VIEWS,
) -> Page:
    """The view of an address; where there is none, or it fails, a state that says what to do."""
    view = views.get(address.view)
    if view is None or (not address.view and address.path):
        return _no_view(address)
    work = pool.submit(lambda: _view(view, address, library.reader()))
    try:
        return work.result(timeout=time_limit)
    except concurrent.futures.TimeoutError:
        slow = html.P(f"This view has not come within {time_limit:g} seconds, and the wait was ended.")
        cure = html.P("Reload the page to try once more, or choose something smaller.")
        return Page("Too slow", [notice("This takes too long", slow, cure)])
    except KgError as error:
        body = [
            html.P(str(error)),
            html.P("See that the graph is there and whole, then reload this page:"),
            command("kg stats"),
        ]
        return Page("No graph", [notice("The graph cannot be read", *body)])
    except Exception:
        _log.exception("the view of %s failed", address.path)
        told = html.P("What failed stands in the terminal in which kg serve runs. Please report it.")
        return Page("Failed", [notice("This should not have happened", told)])


def _view(view: View, address: Address, reader: Reader) -> Page:
    if address.view and not reader.counts["nodes"]:
        return Page("Empty graph", [overview.empty()])
    return view(address, reader)


def _no_view(address: Address) -> Page:
    there = [html.P(["Nothing is at ", html.Code("/" + "/".join(address.path)), "."])]
    back = html.P(dcc.Link("Go to the overview", href="/", className="button"))
    return Page("No such page", [notice("There is no such page", *there, back)])


def _guard(server: Flask, app: Dash, hosts: frozenset[str] | None) -> None:
    hashes = " ".join(app.csp_hashes())
    policy = (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )

    @server.before_request
    def _check() -> None:
        name = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
        if hosts is not None and name not in hosts:
            abort(403, "this server is not known by that name")

    @server.after_request
    def _secure(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
