"""How long work is shown: the interface that the library calls and that a front end may fill."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Stage:
    """A piece of work that is done: its name, the seconds that it took, and how many items passed, where they did."""

    what: str
    seconds: float
    items: int | None = None

    def __str__(self) -> str:
        if self.items is None:
            return f"{self.what}: {self.seconds:.1f} s"
        rate = self.items / self.seconds if self.seconds else 0.0
        return f"{self.what}: {self.seconds:.1f} s, {self.items} papers, {rate:.1f} a second"


class Timed:
    """Shows work as another does, and keeps how long each piece of it took.

    Attributes:
        stages: what is done so far, in order.
    """

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self.stages: list[Stage] = []

    def track(self, items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
        """The same items, counted."""
        began, number = time.perf_counter(), 0
        try:
            for number, item in enumerate(self._shown.track(items, what, total), 1):  # noqa: B007 - used below
                yield item
        finally:
            self.stages.append(Stage(what, time.perf_counter() - began, number))

    @contextmanager
    def step(self, what: str) -> Iterator[Update]:
        """The same step."""
        began = time.perf_counter()
        try:
            with self._shown.step(what) as update:
                yield update
        finally:
            self.stages.append(Stage(what, time.perf_counter() - began))
