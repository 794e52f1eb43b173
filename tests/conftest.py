"""Fixtures shared by all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["tests.neo4j_server"]


_LONG = {"spark", "store", "web"}
"""Folders of tests that take minutes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of tests that take long come first: begun last, one process would wait for another that has them."""
    slow = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("neo4j")}
    items.sort(key=lambda item: (_LONG.isdisjoint(item.path.parts), item.path not in slow))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the checkout with papers and annotations that are not part of the project."""
    folder = Path(__file__).parents[1].parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the papers and annotations in {folder}, which are not part of the project")
    return folder
