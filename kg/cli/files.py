"""Commands that take the graph elsewhere: ``kg load``, ``kg export``, ``kg backup``, ``kg restore``."""

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
    app.command(short_help="Save the graph with its records in one file.")(backup)
    app.command(short_help="Bring back a graph from a backup.")(restore)


def load(
    to: Annotated[
        str | None, typer.Option("--to", metavar="URI", help="The server, bolt://HOST:PORT; by default NEO4J_URI.")
    ] = None,
    graph: Graph = DEFAULT_GRAPH,
    user: User = None,
    password: Password = None,
    database: Annotated[str | None, typer.Option("--database", help="The database; by default NEO4J_DATABASE.")] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete what an earlier load wrote and the graph no longer has.")
    ] = False,
) -> None:
    """Example: kg load --to bolt://localhost:7687

    Loads the graph into a Neo4j 5 server, with uniqueness constraints and indexes. Loading twice changes nothing. Put
    the password into the environment as NEO4J_PASSWORD.
    """
    from kg.knowledge_graph import KnowledgeGraph

    with KnowledgeGraph(graph, progress=progress()) as it:
        done = it.load(to, user=user, password=password, database=database, prune=prune)
    note(f"loaded {done.nodes} nodes and {done.edges} edges")
    if prune:
        note(f"deleted {done.pruned_nodes} nodes and {done.pruned_edges} edges that the graph no longer has")


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


def backup(
    archive: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="The file to write.")],
    graph: Graph = DEFAULT_GRAPH,
) -> None:
    """Example: kg backup graph.zip

    Saves the graph and the records that it is derived from in one file, with checksums.
    """
    from kg.knowledge_graph import KnowledgeGraph

    with KnowledgeGraph(graph, progress=progress()) as it:
        note(f"wrote {it.backup(archive)}")


def restore(
    archive: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="What kg backup wrote.")],
    graph: Graph = DEFAULT_GRAPH,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite a graph that is there.")] = False,
) -> None:
    """Example: kg restore graph.zip --graph restored.lbug

    Brings back the graph of a backup once every file in it has proved whole.
    """
    from kg.knowledge_graph import KnowledgeGraph

    with KnowledgeGraph(graph, progress=progress()) as it:
        it.restore(archive, replace=replace)
    note(f"restored {graph}")
