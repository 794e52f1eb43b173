"""Imports spaCy without its command line.

``import spacy`` loads all of ``spacy.cli`` for the one function ``spacy.info``: a third of the time that it takes. Here
that function loads it when it is called; for whoever imports ``spacy.cli``, it is whole.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

_NAME = "spacy.cli.info"


def info(*arguments: Any, **options: Any) -> Any:
    """``spacy.info``, loaded now."""
    from spacy.cli.info import info as real

    return real(*arguments, **options)


if "spacy" not in sys.modules:
    stand_in = ModuleType(_NAME)
    stand_in.info = info  # type: ignore[attr-defined]
    sys.modules[_NAME] = stand_in
    try:
        import spacy  # noqa: F401
    finally:
        del sys.modules[_NAME]
