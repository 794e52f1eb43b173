"""Ctrl-C and SIGTERM while a graph is built: the first asks for an orderly stop, the second stops at once."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from kg.cli.output import note

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """A signal that asked for an end, or none."""

    def __init__(self) -> None:
        self.signal: int | None = None

    def __call__(self) -> bool:
        """Whether a signal came."""
        return self.signal is not None

    def exit_if_stopped(self) -> None:
        """Exits with the shell's code for the signal, if there was one."""
        if self.signal is not None:
            sys.exit(128 + self.signal)


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Within this context the first signal only sets the ``Stop``; a second one acts as usual."""
    stop = Stop()
    usual = {number: signal.getsignal(number) for number in _SIGNALS}

    def ask(number: int, _frame: FrameType | None) -> None:
        stop.signal = number
        note("kg: stopping after what is being read; once more stops at once")
        for each, handler in usual.items():
            signal.signal(each, handler)

    for number in _SIGNALS:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
