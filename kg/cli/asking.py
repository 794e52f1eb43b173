"""Commands that read the graph: ``kg ask``, ``kg query``, ``kg stats``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kg.cli.options import DEFAULT_GRAPH, Format, Graph, Password, Shape, To, User
from kg.cli.output import note, show_json, show_rows
from kg.cli.progress import progress
from kg.errors import InputError
from kg.extras import needs_extra


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command(short_help="Answer a question in English.")(ask)
    app.command(short_help="Run a named Cypher query.")(query)
    app.command(short_help="Offer the graph to assistants (MCP).")(mcp)
    app.command(short_help="Count nodes by label and edges by type.")(stats)


def ask(
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="QUESTION", help="The question, in quotes; without it a prompt opens.", show_default=False
        ),
    ] = None,
    graph: Graph = DEFAULT_GRAPH,
    to: To = None,
    user: User = None,
    password: Password = None,
    format: Format = Shape.TABLE,
    explained: Annotated[bool, typer.Option("--explain", help="Show how the question was read, too.")] = False,
) -> None:
    """Example: kg ask "which methods report on MATH500"

    Answers with rows, each with the paper and the sentence that says so, and shows the Cypher query that found them.
    Names may be written in any usual way: MATH500, MATH-500, Math 500. Without a question it opens a prompt, with
    history and completion of names.
    """
    from rich.console import Console

    from kg.ask.render import explain, messages, render
    from kg.knowledge_graph import KnowledgeGraph

    console = Console()
    with KnowledgeGraph(to or graph, user=user, password=password, progress=progress()) as it:
        if question is None:
            from platformdirs import user_state_path

            from kg.ask.prompt import run_prompt

            it.asker()  # a graph that is not there is told before anything is typed
            history = user_state_path("paperkg") / "questions"
            lines = None if sys.stdin.isatty() else sys.stdin
            run_prompt(it.asker, console, format=format.value, explained=explained, history=history, lines=lines)
            return
        answer = it.ask(question)
    if explained:
        explain(answer, Console(stderr=True))
    render(answer, format.value, console)
    for line in messages(answer):
        note(line)


def mcp(graph: Graph = DEFAULT_GRAPH, to: To = None, user: User = None, password: Password = None) -> None:
    """Example: kg mcp --graph graph.lbug

    Offers the graph to assistants over standard input and output, by the Model Context Protocol: ask, query, entity
    and schema as tools, all read-only. Needs the extra `mcp`.
    """
    from kg.knowledge_graph import KnowledgeGraph

    with needs_extra("mcp", "serving assistants"):
        from kg.mcp import serve
    with KnowledgeGraph(to or graph, user=user, password=password) as it:
        serve(it)


def query(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The query; see --list.", show_default=False)
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="K=V", help="A parameter; may be repeated.")
    ] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="List the queries with what they answer and their parameters.")
    ] = False,
    graph: Graph = DEFAULT_GRAPH,
    to: To = None,
    user: User = None,
    password: Password = None,
    format: Format = Shape.TABLE,
) -> None:
    """Example: kg query --list

    Runs a named query with its parameters, on the graph's file or on a Neo4j server.
    """
    from kg.knowledge_graph import KnowledgeGraph
    from kg.store import list_queries

    if listing:
        rows = [(q.name, q.title, [f"{p.name}={p.example}" for p in q.parameters]) for q in list_queries()]
        show_rows(("query", "answers", "parameters, with an example"), rows, format)
        return
    if name is None:
        raise InputError("no query is named", "choose one of kg query --list")
    with KnowledgeGraph(to or graph, user=user, password=password, progress=progress()) as it:
        found = it.query(name, **dict(map(_assignment, param or [])))
    show_rows(found.columns, found.rows, format)


def _assignment(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not (key and sign):
        raise InputError(f"{text!r} is no parameter", "write it as NAME=VALUE")
    return key, value


def stats(
    graph: Graph = DEFAULT_GRAPH,
    to: To = None,
    user: User = None,
    password: Password = None,
    format: Format = Shape.TABLE,
) -> None:
    """Example: kg stats

    Counts the nodes of each label and the edges of each type.
    """
    from kg.knowledge_graph import KnowledgeGraph

    with KnowledgeGraph(to or graph, user=user, password=password, progress=progress()) as it:
        counts = it.stats()
    if format is Shape.JSON:
        show_json(counts)
        return
    singular = {"nodes": "node", "edges": "edge"}
    rows = [(singular[kind], name, number) for kind, of_kind in counts.items() for name, number in of_kind.items()]
    rows += [("all", kind, sum(of_kind.values())) for kind, of_kind in counts.items()]
    show_rows(("kind", "name", "count"), rows, format)
