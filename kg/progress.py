"""How long work is shown: the interface that the library calls and that a front end may fill."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeVar

T = TypeVar("T")

Update = Callable[[int, int], None]
"""Takes how much is done, and of how much."""


class Progress(Protocol):
    """Shows how far a piece of work is."""

    def track(self, items: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
        """The same items, shown as they pass.

        Args:
            items: what is worked on, one after the other.
            what: the work, as a person reads it ("Reading 3 files").
            total: how many there are, where it is known.
        """

    def step(self, what: str) -> AbstractContextManager[Update]:
        """Shows a piece of work that tells by itself how far it is, or that cannot."""


class Silent:
    """Shows nothing; what the library uses unless it is told otherwise."""

    def track(self, items: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
        """The items themselves."""
        return items

    def step(self, what: str) -> AbstractContextManager[Update]:
        """A context that does nothing."""
        return nullcontext(lambda done, total: None)
