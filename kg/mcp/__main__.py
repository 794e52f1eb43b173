"""``python -m kg.mcp GRAPH``: serves a graph, or a Neo4j server by its address, over standard input and output."""

from __future__ import annotations

import sys

from kg.errors import KgError
from kg.knowledge_graph import KnowledgeGraph
from kg.mcp.server import serve


def main(where: str) -> int:
    """Serves until the client leaves; gives the exit code."""
    try:
        with KnowledgeGraph(where) as graph:
            serve(graph)
    except KgError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "graph.lbug"))
