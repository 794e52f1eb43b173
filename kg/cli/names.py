"""Commands on names: ``kg entity show``, ``merge`` and ``split``, ``kg registry check`` and ``suggest``."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
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
    registry = typer.Typer(no_args_is_help=True, help="The curated names of the field.")
    registry.command("check", short_help="Look for conflicts among the curated names.")(check)
    registry.command("suggest", short_help="Write entries that the registry lacks.")(suggest)
    app.add_typer(registry, name="registry")


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


def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A registry of your own (YAML).", show_default=False)
    ] = None,
) -> None:
    """Example: kg registry check

    Looks for conflicts in the registry that ships with the program, together with FILE: one spelling of two things, an
    entry given twice, a family that is not there. Prints them and exits with 1 if there are any.
    """
    from kg.resolve import check_registry

    conflicts = check_registry(file)
    for conflict in conflicts:
        print(conflict)
    if conflicts:
        raise typer.Exit(1)


def suggest(
    graph: Graph = DEFAULT_GRAPH,
    papers: Annotated[int, typer.Option(help="Only of what so many papers name.", min=1)] = 10,
) -> None:
    """Example: kg registry suggest --papers 20

    Prints what many papers of the graph name and the registry lacks, with the other names that were found for it, as a
    registry file: look through it, cross out what is wrong, and give it to kg build --registry.
    """
    from kg.knowledge_graph import KnowledgeGraph
    from kg.resolve import entry_line, list_of

    with KnowledgeGraph(graph, progress=progress()) as it:
        found = it.suggest_entries(papers)
    if not found:
        note(f"the registry has all that {papers} papers or more name")
    for heading, of_type in groupby(found, key=lambda each: list_of(each.entry.type)):
        print(f"{heading}:")
        for each in of_type:
            print(f"- {entry_line(each.entry)}  # {each.papers} papers{', adds to its entry' if each.known else ''}")
