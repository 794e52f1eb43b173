"""Options that several commands have."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_GRAPH = Path("graph.lbug")


class Shape(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


Graph = Annotated[Path, typer.Option("--graph", "-g", help="The graph's file.", show_default=True)]
Format = Annotated[Shape, typer.Option("--format", "-f", help="How rows are printed.")]
To = Annotated[
    str | None, typer.Option("--to", metavar="URI", help="Use this Neo4j server (bolt://…), not the graph's file.")
]
User = Annotated[
    str | None, typer.Option("--user", help="The user of the Neo4j server; by default NEO4J_USERNAME, else neo4j.")
]
Password = Annotated[
    str | None,
    typer.Option("--password", help="The user's password; better in NEO4J_PASSWORD, where other users cannot see it."),
]
