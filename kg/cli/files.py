"""Commands that take the graph elsewhere: ``kg load`` and ``kg export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.options import DEFAULT_GRAPH, Graph, Password, User
from kg.cli.output import note
from kg.cli.progress import progress


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command(short_help="Load the graph into Neo4j.")(load)
    app.command(short_help="Write the graph to a file: GraphML and others.")(export)


def load(
    to: Annotated[str, typer.Option("--to", metavar="URI", envvar="NEO4J_URI", help="The server: bolt://host:port.")],
    graph: Graph = DEFAULT_GRAPH,
    user: User = None,
    password: Password = None,
) -> None:
    """Example: kg load --to bolt://localhost:7687 --user neo4j

    Loads the graph into a Neo4j 5 server, with uniqueness constraints and indexes. Loading twice changes nothing. The
    address, the user and the password are also taken from NEO4J_URI, NEO4J_USERNAME and NEO4J_PASSWORD.
    """
    from kg.knowledge_graph import KnowledgeGraph

    with KnowledgeGraph(graph, progress=progress()) as it:
        counts = it.load(to, user=user, password=password)
    note(f"{to} now has {sum(counts['nodes'].values())} nodes and {sum(counts['edges'].values())} edges")


def export(
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Where to write; the suffix tells the format.")],
    graph: Graph = DEFAULT_GRAPH,
    format: Annotated[
        str | None, typer.Option("--format", "-f", metavar="NAME", help="The format, where the suffix does not tell.")
    ] = None,
) -> None:
    """Example: kg export graph.graphml

    Writes the whole graph in a format that other programs read, GraphML for networkx, Gephi and yEd among them.
    """
    from kg.knowledge_graph import KnowledgeGraph

    with KnowledgeGraph(graph, progress=progress()) as it:
        note(f"wrote {it.export(output, format)}")
