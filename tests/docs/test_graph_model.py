"""The page about the graph says what the schema says."""

from __future__ import annotations

import runpy
from pathlib import Path

from kg.schema import EDGE_TYPES, NODE_LABELS

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_current() -> None:
    module = runpy.run_path(str(DOCS / "generate.py"))
    assert (DOCS / "graph-model.md").read_text(encoding="utf-8") == module["graph_model"](), (
        "run: python docs/generate.py"
    )


def test_nothing_is_described_that_the_schema_lacks() -> None:
    module = runpy.run_path(str(DOCS / "generate.py"))
    properties = {name for owner in (*NODE_LABELS.values(), *EDGE_TYPES.values()) for name in owner.properties}
    assert module["PROPERTIES"].keys() == properties
    assert module["EDGES"].keys() == EDGE_TYPES.keys()
