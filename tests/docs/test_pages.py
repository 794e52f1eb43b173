"""The pages say what the code says, and their commands print what stands there."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from kg.schema import EDGE_TYPES, NODE_LABELS

GENERATE = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "generate.py"))


def test_the_page_of_the_graph_is_current() -> None:
    assert GENERATE["PAGE"].read_text(encoding="utf-8") == GENERATE["graph_model"](), "run: python docs/generate.py"


def test_nothing_is_described_that_the_schema_lacks() -> None:
    properties = {name for owner in (*NODE_LABELS.values(), *EDGE_TYPES.values()) for name in owner.properties}
    assert GENERATE["PROPERTIES"].keys() == properties
    assert GENERATE["EDGES"].keys() == EDGE_TYPES.keys()


@pytest.mark.parametrize("page", GENERATE["PAGES"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [p for p in GENERATE["PAGES"] if "```console" in p.read_text(encoding="utf-8")], ids=lambda page: page.name
)
def test_commands_print_what_the_page_says(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert GENERATE["with_output"](text) == text, "run: python docs/generate.py"
