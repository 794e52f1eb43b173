"""Where the files that ship with the package are: queries, configuration, sample papers, trained pipelines."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The folder ``name`` (``config``, ``cypher``, ``sample``, ``pipelines``).

    A wheel carries ``config/`` and ``cypher/`` inside the package; a checkout has them beside it.

    Raises:
        FileNotFoundError: the installation lacks the folder.
    """
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the installation lacks its folder {name!r}; install the package again")
