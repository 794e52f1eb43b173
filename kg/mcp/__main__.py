"""``python -m kg.mcp GRAPH``: serves a graph, or a Neo4j server by its address, over standard input and output."""

from __future__ import annotations

import sys

from kg.errors import KgError
from kg.mcp.server import serve
from kg.store import LadybugStore, Neo4jStore, Store


def main(where: str) -> int:
    """Serves until the client leaves; gives the exit code."""
    try:
        store: Store = Neo4jStore(where) if "://" in where else LadybugStore(where, read_only=True)
        serve(store)
    except KgError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "graph.lbug"))
