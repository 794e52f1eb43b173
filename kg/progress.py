"""How long work is shown: the interface that the library calls and that a front end may fill."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Shows how far a piece of work is."""

    def track(self, items: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
        """The same items, shown as they pass.

        Args:
            items: what is worked on, one after the other.
            what: the work, as a person reads it ("Reading 3 files").
            total: how many there are, where it is known.
        """

    def step(self, what: str) -> AbstractContextManager[None]:
        """Shows that a piece of work whose length is not known is under way."""


class Silent:
    """Shows nothing; what the library uses unless it is told otherwise."""

    def track(self, items: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
        """The items themselves."""
        return items

    def step(self, what: str) -> AbstractContextManager[None]:
        """A context that does nothing."""
        return nullcontext()
