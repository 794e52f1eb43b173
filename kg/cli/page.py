"""Commands that show the graph: ``kg serve``."""

from __future__ import annotations

from typing import Annotated

import typer

from kg.cli.options import DEFAULT_GRAPH, Graph, Password, To, User
from kg.cli.output import note
from kg.cli.progress import progress


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command(short_help="Open the page over the graph.")(serve)


def serve(
    graph: Graph = DEFAULT_GRAPH,
    to: To = None,
    user: User = None,
    password: Password = None,
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on; another than loopback lets others read the graph.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes one that is free.")] = 8050,
) -> None:
    """Example: kg serve

    Serves a page on which to look at the graph, ask it and follow its evidence, until Ctrl-C. It only reads, needs no
    internet, and shows a graph that was built anew without being started again.
    """
    from kg.knowledge_graph import KnowledgeGraph

    KnowledgeGraph(to or graph, user=user, password=password, progress=progress()).serve(
        host, port, started=lambda address: note(f"the graph is at {address} (Ctrl-C ends)")
    )
