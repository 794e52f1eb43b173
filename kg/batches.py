"""Items some at a time, without holding the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in their order, ``size`` at a time; the last batch may be smaller, and none is empty."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch
