"""Commands on names: ``kg entity show``, ``kg entity merge``, ``kg entity split``."""

from __future__ import annotations

from typing import Annotated

import typer

from kg.cli.options import DEFAULT_GRAPH, Format, Graph, Shape
from kg.cli.output import note, show_rows
from kg.cli.progress import progress

Name = Annotated[str, typer.Argument(metavar="NAME", help="A name or an alias of an entity.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    entity = typer.Typer(no_args_is_help=True, help="Why names are one thing, and what you decide of them.")
    entity.command("show", short_help="Show an entity's aliases and why they are its.")(show)
    entity.command("merge", short_help="Make two entities one.")(merge)
    entity.command("split", short_help="Make an alias an entity of its own.")(split)
    app.add_typer(entity, name="entity")


def show(name: Name, graph: Graph = DEFAULT_GRAPH, format: Format = Shape.TABLE) -> None:
    """Example: kg entity show MATH500

    Prints each alias of the entity with the number of papers that use it, the rule by which it belongs there, how sure
    that is and which papers they are (in a table three of them); for a table, all papers follow.
    """
    from kg.knowledge_graph import KnowledgeGraph

    with KnowledgeGraph(graph, progress=progress()) as it:
        found = it.entity(name)
    shown = 3 if format is Shape.TABLE else None
    rows = [
        (e.label, e.id, e.name, a.alias, a.papers, a.rule, a.confidence, " ".join(a.sources[:shown]))
        for e in found
        for a in e.aliases
    ]
    show_rows(("label", "id", "name", "alias", "papers", "rule", "confidence", "sources"), rows, format)
    if format is Shape.TABLE:
        for entry in found:
            print(f"\n{entry.label} {entry.name} is in {len(entry.papers)} papers: {', '.join(entry.papers)}")
            if entry.link:
                print(entry.link)


def merge(
    name: Name,
    into: Annotated[str, typer.Argument(metavar="INTO", help="What it is, and is called.", show_default=False)],
    graph: Graph = DEFAULT_GRAPH,
) -> None:
    """Example: kg entity merge GRPO++ GRPO

    Makes NAME one thing with INTO. The decision is kept beside the graph and holds in every later build.
    """
    from kg.knowledge_graph import KnowledgeGraph

    with KnowledgeGraph(graph, progress=progress()) as it:
        it.merge(name, into)
    note(f"{name} is {into} now")


def split(
    name: Name,
    alias: Annotated[str, typer.Argument(metavar="ALIAS", help="What is something else.", show_default=False)],
    graph: Graph = DEFAULT_GRAPH,
) -> None:
    """Example: kg entity split GRPO "Group Relative Policy Optimization"

    Makes ALIAS a thing of its own. The decision is kept beside the graph and holds in every later build.
    """
    from kg.knowledge_graph import KnowledgeGraph

    with KnowledgeGraph(graph, progress=progress()) as it:
        it.split(name, alias)
    note(f"{alias} stands for itself now")
