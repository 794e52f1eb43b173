"""The catalogue of the named queries in ``docs/queries.md``, made from the files: ``python -m kg.store.catalogue``."""

from __future__ import annotations

import sys
from pathlib import Path

from kg.store.queries import NamedQuery, list_queries

_HEAD = """\
# Named queries

Made from `cypher/queries/` by `python -m kg.store.catalogue docs/queries.md`; change the files there, not this one.

Run one with `kg query NAME --param NAME=VALUE`, on the embedded graph or with `--to bolt://...` on Neo4j: the rows are
the same. From Python: `KnowledgeGraph("graph.lbug").query("NAME", NAME=VALUE)`. In the Neo4j Browser, set the
parameters with `:param` and paste the query. A name is matched in any case, and by every surface that papers use.

| query | what it answers |
|---|---|
"""


def catalogue() -> str:
    """The whole page as Markdown."""
    queries = list_queries()
    rows = "".join(f"| [`{query.name}`](#{query.name}) | {query.title} |\n" for query in queries)
    return _HEAD + rows + "".join(_section(query) for query in queries)


def _section(query: NamedQuery) -> str:
    lines = ["", f"## {query.name}", "", f"{query.title}. {query.description}", ""]
    options = "".join(f' --param "{p.name}={p.example}"' for p in query.parameters if not p.optional)
    lines += ["```sh", f"kg query {query.name}{options}", "```", ""]
    if query.parameters:
        lines += ["| parameter | type | example | |", "|---|---|---|---|"]
        for p in query.parameters:
            note = p.description + (f" (if not given: {p.example})" if p.optional else "")
            lines.append(f"| `{p.name}` | {p.type} | `{p.example}` | {note} |")
        lines.append("")
    lines += ["| column | |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in query.columns.items()), ""]
    lines += ["```cypher", query.cypher, "```"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(catalogue(), encoding="utf-8")
