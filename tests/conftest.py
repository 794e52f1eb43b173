"""Fixtures shared by all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["tests.neo4j_server"]


_LONG = {"spark", "store", "web"}
"""Folders of tests that take minutes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that take minutes come first: begun last, one process would wait for another that has them."""
    items.sort(key=lambda item: _LONG.isdisjoint(item.path.parts))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the checkout with papers and annotations that are not part of the project."""
    folder = Path(__file__).parents[1].parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the papers and annotations in {folder}, which are not part of the project")
    return folder
