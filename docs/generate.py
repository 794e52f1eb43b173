"""Writes what follows from the code: graph-model.md, and what commands print in the ``console`` blocks of all pages.

``python docs/generate.py`` brings them up to date; tests compare.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kg.schema import EDGE_TYPES, NODE_LABELS

DOCS = Path(__file__).parent
PAGE = DOCS / "graph-model.md"
PAGES = [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]

_CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)

PROPERTIES = {
    "id": "unique within the label, the same in every build and every database",
    "name": "what a person calls it: the title of a paper, the canonical name of anything else",
    "title": "the title, as it was read",
    "abstract": "the abstract, as it was read; offsets count the code points of title, newline, abstract",
    "source": "every file that the paper was read from",
    "arxiv_id": "the arXiv id without a version",
    "doi": "the DOI",
    "url": "the address of its page",
    "published": "an ISO date, shortened where less is known; the month of the arXiv id where no source has one",
    "authors": "the authors, in order",
    "categories": "its subjects, as the source calls them (`cs.CL`, `Computer Science`)",
    "aliases": "every spelling met",
    "papers": "of a node: how many papers mention it; of an edge: the papers that state it, one for each sentence",
    "value": "the number with its unit, as the paper writes it",
    "number": "the value as a number",
    "unit": "the unit of the number",
    "kind": "`absolute`: a score or a cost; `relative`: a gain, drop, ratio or difference against something",
    "sentence": "the sentence that states the result",
    "confidence": "0 to 1; an edge that several papers state is the more certain",
    "sentences": "`sentences[i]` is the sentence of `papers[i]` that states it",
    "starts": "where each mention begins; `starts[i]` belongs to `papers[i]`",
    "ends": "where each mention ends",
    "inferred": "true where it follows from each paper as a whole and no one sentence states it",
}

EDGES = {
    "MENTIONS": "names it, at these offsets",
    "PROPOSES": "introduces it",
    "EVALUATES_ON": "reports an evaluation on it",
    "TRAINS_ON": "uses it only to train",
    "USES": "builds on, applies, trains, tests or analyses it",
    "COMPARES_WITH": "compares itself with it",
    "ADDRESSES": "works on it",
    "REPORTS": "states a result in it",
    "EVALUATED_ON": "was evaluated on it",
    "BASED_ON": "extends it, is fine-tuned from it, or has it as a component",
    "OUTPERFORMS": "is said to beat it",
    "APPLIED_TO": "is for it",
    "VARIANT_OF": "is a size, version or variant of it",
    "HAS_RESULT": "reports this number",
    "OF": "the number is a measure of it",
    "ON": "measured on it",
    "MEASURES": "measured in it",
    "AGAINST": "relative to it",
}


def graph_model() -> str:
    """The page about labels, edge types and properties, as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The graph"
    yield ""
    yield "<!-- Written by docs/generate.py from kg/schema.py; a test compares. -->"
    yield ""
    yield "The same labels, edge types and properties stand in the embedded database, in Neo4j, in GraphML and in every"
    yield "other export. A property that is not known is absent. At most one edge of a type joins two nodes."
    yield ""
    yield "## Nodes"
    yield "| label | properties |"
    yield "|---|---|"
    for label in NODE_LABELS.values():
        yield f"| `{label.name}` | {', '.join(f'`{name}`' for name in label.properties)} |"
    yield ""
    yield "## Edges"
    yield "| type | from → to | says | properties |"
    yield "|---|---|---|---|"
    for edge in EDGE_TYPES.values():
        targets: dict[str, list[str]] = {}
        for source, target in edge.pairs:
            targets.setdefault(source, []).append(target)
        sources: dict[str, list[str]] = {}
        for source, to in targets.items():
            sources.setdefault(", ".join(to), []).append(source)
        ends = "; ".join(f"{', '.join(group)} → {to}" for to, group in sources.items())
        names = ", ".join(f"`{name}`" for name in edge.properties) or "none"
        yield f"| `{edge.name}` | {ends} | {EDGES[edge.name]} | {names} |"
    yield ""
    yield "## Properties"
    yield "| property | type | meaning |"
    yield "|---|---|---|"
    types: dict[str, dict[str, None]] = {}
    for owner in (*NODE_LABELS.values(), *EDGE_TYPES.values()):
        for name, kind in owner.properties.items():
            types.setdefault(name, {})[kind] = None
    for name, kinds in types.items():
        yield f"| `{name}` | {' or '.join(kinds)} | {PROPERTIES[name]} |"
    yield ""
    yield "`strings` and `ints` are lists."


def with_output(page: str) -> str:
    """A page whose ``console`` blocks hold what their commands print, run one after the other in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        return _CONSOLE.sub(lambda block: f"```console\n{_run(block[1], folder)}```", page)


def _run(block: str, folder: str) -> str:
    shown = ""
    for line in block.splitlines():
        if line.startswith("$ kg "):
            program = Path(sys.executable).with_name("kg")
            done = subprocess.run(
                [program, *shlex.split(line)[2:]],
                cwd=folder,
                env={**os.environ, "TERM": "dumb"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            output = "".join(f"{said.rstrip()}\n" for said in done.stdout.splitlines())
            shown += f"{line}\n{output}"
    return shown


if __name__ == "__main__":
    PAGE.write_text(graph_model(), encoding="utf-8")
    for path in PAGES:
        path.write_text(with_output(path.read_text(encoding="utf-8")), encoding="utf-8")
