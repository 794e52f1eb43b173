"""Sorting more than memory holds: sorted runs on disk that are merged while they are read (external merge sort)."""

from __future__ import annotations

import heapq
import marshal
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from kg.batches import batches

_MOST_RUNS = 64
"""Runs that are merged at once: each is an open file with a block in memory."""
_BLOCK = 256

Item = tuple[Any, ...]


class Runs:
    """Tuples in sorted order, of which at most ``most`` are in memory.

    Args:
        folder: where the runs are written; they are removed by whoever made it.
        name: what their files begin with.
        most: how many tuples one run holds.
    """

    def __init__(self, folder: Path, name: str, most: int) -> None:
        self._folder, self._name, self._most = folder, name, most
        self._waiting: list[Item] = []
        self._files: list[Path] = []
        self._numbers = count()

    def add(self, item: Item) -> None:
        """Adds a tuple of strings, numbers and tuples of these, which can be compared with every other."""
        self._waiting.append(item)
        if len(self._waiting) >= self._most:
            self._flush()
            if len(self._files) >= _MOST_RUNS:
                merged = self._write(heapq.merge(*map(_read, self._files)))
                for file in self._files:
                    file.unlink()
                self._files = [merged]

    def save(self) -> list[str]:
        """Writes what is in memory, too; gives the names of all files, for ``load``."""
        if self._waiting:
            self._flush()
        return [file.name for file in self._files]

    def load(self, names: list[str]) -> None:
        """Takes the files that runs with the same folder have saved, maybe in another process, to be read."""
        self._files = [self._folder / name for name in names]

    def __iter__(self) -> Iterator[Item]:
        """Every tuple that was added, in order; each call starts again from the first one."""
        self._waiting.sort()
        return heapq.merge(*map(_read, self._files), self._waiting)

    def _flush(self) -> None:
        self._waiting.sort()
        self._files.append(self._write(iter(self._waiting)))
        self._waiting = []

    def _write(self, items: Iterator[Item]) -> Path:
        file = self._folder / f"{self._name}.{next(self._numbers)}.run"
        with file.open("wb") as stream:
            for block in batches(items, _BLOCK):
                marshal.dump(block, stream)
        return file


def _read(file: Path) -> Iterator[Item]:
    with file.open("rb") as stream:
        while stream.peek(1):
            # These files are this process's own: nobody else can have written what is read here.
            yield from marshal.load(stream)  # noqa: S302
