"""Commands that show the graph: ``kg serve``, ``kg view``, ``kg plot``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.options import DEFAULT_GRAPH, Graph, Password, To, User
from kg.cli.output import note
from kg.cli.progress import progress


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command(short_help="Open the page over the graph.")(serve)
    app.command(short_help="Write what is around an entity as one HTML file.")(view)
    app.command(short_help="Write the overview's charts as PNG or SVG.")(plot)


def serve(
    graph: Graph = DEFAULT_GRAPH,
    to: To = None,
    user: User = None,
    password: Password = None,
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on; another than loopback lets others read the graph.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes one that is free.")] = 8050,
    allow_cypher: Annotated[
        bool, typer.Option("--allow-cypher", help="Add a view that runs Cypher queries; they can only read.")
    ] = False,
) -> None:
    """Example: kg serve

    Serves a page on which to look at the graph, ask it and follow its evidence, until Ctrl-C. It only reads, needs no
    internet, and shows a graph that was built anew without being started again.
    """
    from kg.knowledge_graph import KnowledgeGraph

    KnowledgeGraph(to or graph, user=user, password=password, progress=progress()).serve(
        host, port, allow_cypher=allow_cypher, started=lambda address: note(f"the graph is at {address} (Ctrl-C ends)")
    )


def view(
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="A name or an alias, in any case.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path("graph.html"),
    neighbours: Annotated[int, typer.Option("--neighbours", min=1, max=299, help="How many neighbours at most.")] = 40,
    graph: Graph = DEFAULT_GRAPH,
    to: To = None,
    user: User = None,
    password: Password = None,
) -> None:
    """Example: kg view MATH500 -o graph.html

    Writes one HTML file that shows what is around an entity, with the sentences of each edge. It needs no server and
    no internet, so it can be sent to a colleague.
    """
    from kg.knowledge_graph import KnowledgeGraph

    with KnowledgeGraph(to or graph, user=user, password=password, progress=progress()) as it:
        note(f"wrote {it.view(entity, output, neighbours)}")


def plot(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write, .png or .svg.")] = Path(
        "charts.svg"
    ),
    graph: Graph = DEFAULT_GRAPH,
    to: To = None,
    user: User = None,
    password: Password = None,
) -> None:
    """Example: kg plot -o charts.svg

    Writes the most evaluated benchmarks, the most extended methods and the methods over time as one picture.
    """
    from kg.knowledge_graph import KnowledgeGraph

    with KnowledgeGraph(to or graph, user=user, password=password, progress=progress()) as it:
        note(f"wrote {it.plot(output)}")
