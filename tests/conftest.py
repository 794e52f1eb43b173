"""Fixtures shared by all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["tests.neo4j_server"]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the checkout with papers and annotations that are not part of the project."""
    folder = Path(__file__).parents[1].parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the papers and annotations in {folder}, which are not part of the project")
    return folder
