"""Progress bars on standard error, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from kg.progress import Progress, Silent, Update

if TYPE_CHECKING:
    import rich.progress as shown

T = TypeVar("T")


class Bars:
    """Bars that vanish when the work is done."""

    def track(self, items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
        """The same items with a bar that counts them."""
        # The rate is that of the last minutes: papers are of different lengths.
        with _bar() as bar:
            yield from bar.track(items, total=total, description=what)

    @contextmanager
    def step(self, what: str) -> Iterator[Update]:
        """A bar that only moves, until it is told how much there is."""
        with _bar() as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


def _bar() -> shown.Progress:
    import rich.progress as shown
    from rich.console import Console
    from rich.text import Text

    class Rate(shown.ProgressColumn):
        """Items a second, where they are counted."""

        def render(self, task: shown.Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"{speed:.1f}/s", style="progress.data.speed")

    return shown.Progress(
        shown.TextColumn("{task.description}"),
        shown.BarColumn(),
        shown.MofNCompleteColumn(),
        Rate(),
        shown.TimeRemainingColumn(elapsed_when_finished=True),
        console=Console(stderr=True),
        transient=True,
    )


def progress() -> Progress:
    """Bars if a person is watching, else nothing."""
    return Bars() if sys.stderr.isatty() else Silent()
