"""What happens in the graph view, and the files that are saved from it."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate
from flask import Response, abort, request

from kg.errors import KgError
from kg.export import export
from kg.web.address import Address
from kg.web.markup import plain
from kg.web.neighbourhood import LABELS, as_graph, shown
from kg.web.neighbourhood import State as View
from kg.web.reader import Library, Reader
from kg.web.views import graph

_FOLDED: tuple[tuple[str, str, Callable[[Reader, View], Any]], ...] = (
    ("filters", "filters-title", lambda _, state: graph.filters(state, "more")),
    ("list", "list-title", graph.listed),
)
"""What is folded away is made when it is open: hundreds of links that nobody sees would slow every click."""


def _is_open(clicks: int | None) -> bool:
    return (clicks or 0) % 2 == 1


def register(app: Dash, library: Library) -> None:
    """Adds the callbacks of the graph view and the addresses of its files."""

    @app.callback(
        Output("place", "search"), Output("drawn", "data"), Output("net", "elements"), Output("net", "layout"),
        Output("panel", "children"), Output("shown", "children"), Output("graphml", "href"), Output("csv", "href"),
        Output("types", "children"), Output("since", "value"), Output("until", "value"),
        Output("filters", "children", allow_duplicate=True), Output("list", "children", allow_duplicate=True),
        Input("place", "search"), Input("net", "tapNodeData"), Input("net", "tapEdgeData"), Input("since", "value"),
        Input("until", "value"), State("place", "pathname"), State("drawn", "data"),
        State("filters-title", "n_clicks"), State("list-title", "n_clicks"), prevent_initial_call=True,
    )  # fmt: skip
    def change(
        search: str | None, node: Any, edge: Any, since: Any, until: Any, pathname: str, drawn: str, *clicks: int | None
    ) -> tuple[Any, ...]:
        address = Address.parse(pathname, search)
        if address.view != "graph" or len(address.path) != 3:
            raise PreventUpdate  # another view is on its way
        causes = {"net.tapNodeData": ("node", node), "net.tapEdgeData": ("edge", edge), "since.value": ("since", since),
                  "until.value": ("until", until)}  # fmt: skip
        triggered = list(ctx.triggered_prop_ids)
        cause, value = causes.get(triggered[0], ("", None)) if len(triggered) == 1 else ("", None)
        state = graph.after(View.parse(address), cause, value)
        if graph.to(state) == drawn:
            raise PreventUpdate
        reader = library.reader()
        found = graph.parts(reader, state)
        lies = cause == "edge"  # what is drawn stays as it lies
        return (
            graph.query_of(state), graph.to(state), no_update if lies else found["elements"],
            no_update if lies else found["layout"], plain(found["panel"]), found["shown"], *graph.files(state),
            plain(found["types"]),
            *(no_update if now == before else now
              for now, before in ((state.filters.since, since), (state.filters.until, until))),
            *(plain(body(reader, state)) if _is_open(times) else no_update
              for (_, _, body), times in zip(_FOLDED, clicks, strict=True)),
        )  # fmt: skip

    def folded(of: str, title: str, body: Callable[[Reader, View], Any]) -> None:
        @app.callback(
            Output(of, "children"), Input(title, "n_clicks"), State("drawn", "data"), prevent_initial_call=True
        )
        def unfold(clicks: int | None, drawn: str) -> Any:
            if not _is_open(clicks):
                raise PreventUpdate
            return plain(body(library.reader(), View.parse(Address.of(drawn))))

    for each in _FOLDED:
        folded(*each)

    app.clientside_callback(
        ClientsideFunction("page", "png"),
        Output("net", "generateImage"),
        Input("png", "n_clicks"),
        prevent_initial_call=True,
    )

    @app.server.get("/save/<name>/<label>/<path:identifier>")
    def save(name: str, label: str, identifier: str) -> Response:
        if name not in ("graph.graphml", "graph.csv") or label not in LABELS:
            abort(404)
        query = {key: request.args.getlist(key) for key in request.args}
        state = View.parse(Address(("graph", label, identifier), query))
        try:
            reader = library.reader()
            part = as_graph(reader, shown(reader, state))
        except KgError as error:
            return Response(f"{error}\n", 404, mimetype="text/plain")
        if name == "graph.csv":
            out = io.StringIO()
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(
                ("source_type", "source", "edge", "target_type", "target", "confidence", "papers", "sentences")
            )
            for (kind, a, b), edge in part.edges.items():
                ends = (a[0], part.nodes[a]["name"], kind, b[0], part.nodes[b]["name"])
                lists = [
                    "; ".join(map(str, value)) if isinstance(value := edge.get(key), list) else ""
                    for key in ("papers", "sentences")
                ]
                rows.writerow((*ends, edge.get("confidence", ""), *lists))
            text = out.getvalue()
        else:
            with tempfile.TemporaryDirectory() as folder:
                text = export(part, Path(folder) / name).read_text(encoding="utf-8")
        kind = "text/csv" if name == "graph.csv" else "application/xml"
        return Response(text, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
