"""What a format is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg.export.source import GraphSource


@dataclass(frozen=True)
class Format:
    """A format that a graph can be written in.

    ``suffixes`` name it in a path, the first one being the usual. ``write(source, path)`` writes a file at ``path``,
    or, where ``folder`` is not empty, files in the empty folder ``path``; ``folder`` are the patterns of those files.
    """

    name: str
    suffixes: tuple[str, ...]
    write: Callable[[GraphSource, Path], None]
    folder: tuple[str, ...] = ()
