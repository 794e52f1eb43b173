"""The server: tools that ask, query and describe a graph, and nothing that changes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Any, ParamSpec, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from kg.ask.render import as_json
from kg.errors import KgError
from kg.knowledge_graph import KnowledgeGraph
from kg.schema import EDGE_TYPES, NODE_LABELS

_INSTRUCTIONS = (
    "A typed graph of machine-learning papers: methods, models, benchmarks, metrics, tasks and results, each fact with "
    "the paper and the sentence that states it. Start with `ask`; use `schema` before you write Cypher for `query`."
)
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_MOST_ROWS = 1000

P = ParamSpec("P")
R = TypeVar("R")


def make_server(graph: KnowledgeGraph) -> MCPServer:
    """A server for a graph; each call sees the graph as it is by then."""
    server = MCPServer("paperkg", instructions=_INSTRUCTIONS, version=version("paperkg"))

    @server.tool(annotations=_READS)
    @_told
    def ask(question: str) -> dict[str, Any]:
        """Answers a question in English, such as "which methods report on MATH500", "compare GRPO and PPO" or
        "papers since 2024 that use any LLaMA model". Gives rows with paper and sentence, and the Cypher that found
        them; notes say how the question was read, and suggestions are questions that have an answer.
        """
        answer = graph.ask(question)
        return as_json(answer) | {"notes": list(answer.notes), "suggestions": list(answer.suggestions)}

    @server.tool(annotations=_READS)
    @_told
    def query(cypher: str, parameters: dict[str, Any] | None = None, limit: int = 100) -> dict[str, Any]:
        """Runs one Cypher query that only reads, and gives at most `limit` of its rows. Pass values as parameters."""
        found = graph.store().run(cypher, parameters or {})
        most = max(0, min(limit, _MOST_ROWS))
        return {"columns": found.columns, "rows": found.rows[:most], "rows_left_out": max(0, len(found.rows) - most)}

    @server.tool(annotations=_READS)
    @_told
    def entity(name: str) -> list[dict[str, Any]]:
        """What the graph knows of a method, model, benchmark, metric or task: type, aliases, where it was proposed, and
        all facts about it. The name may be written in any usual way.
        """
        return graph.asker().describe(name)

    @server.tool(annotations=_READS)
    @_told
    def schema() -> dict[str, Any]:
        """The node labels and edge types of the graph, with their properties, and how many of each there are."""
        return {
            "labels": {label.name: dict(label.properties) for label in NODE_LABELS.values()},
            "edges": {
                edge.name: {"joins": [f"{a} -> {b}" for a, b in edge.pairs], "properties": dict(edge.properties)}
                for edge in EDGE_TYPES.values()
            },
            "counts": graph.stats(),
        }

    return server


def serve(graph: KnowledgeGraph) -> None:
    """Serves a graph over standard input and output until the client closes them.

    Raises:
        KgError: there is no graph that can be read.
    """
    graph.store()  # So that a wrong path is told before a client waits for an answer.
    make_server(graph).run("stdio")


def _told(work: Callable[P, R]) -> Callable[P, R]:
    """Tells the client what is wrong, where an error is the project's own."""

    @wraps(work)
    def tool(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return work(*args, **kwargs)
        except KgError as error:
            raise ToolError(str(error)) from error

    return tool
