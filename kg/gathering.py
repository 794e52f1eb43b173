"""Resolving the names of all papers and gathering their graph, for many papers in a process of its own.

What it keeps in memory, the names of all papers, does not go back to the system when it is no longer needed, and
writing the graph afterwards needs as much again. A process that ends gives all of it back.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import chain
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kg.errors import KgError
from kg.progress import Progress, Update

if TYPE_CHECKING:
    from kg.graph import DiskGraph
    from kg.graph_file import GraphFile
    from kg.journal import Journal

T = TypeVar("T")

_MANY = 20_000
"""From so many papers on, starting another process is worth it."""
_AT_ONCE = 100
"""Papers after which the other process says how far it is."""


def gather(file: GraphFile, journal: Journal, index: Path, graph: DiskGraph, progress: Progress) -> None:
    """Gathers the graph of the journal's records, and its index in a new file ``index``.

    Raises:
        KgError: the journal or the disk fails, or the process that gathers is killed.
    """
    if journal.count() >= _MANY:
        _gather_apart(file, journal, index, graph, progress)
        graph.load()
    else:
        _gather(file, journal, index, graph, progress)


def _gather(file: GraphFile, journal: Journal, index: Path, graph: DiskGraph, progress: Progress) -> None:
    from kg.derive import Index, derive_whole

    with closing(Index(index, create=True)) as made, made.transaction():
        with progress.step("Resolving names"):
            resolver = file.resolver(journal)
        kept, loose = journal.records(resolved=True), journal.records(resolved=False)
        records = chain(((record, True) for record in kept), ((record, False) for record in loose))
        shown = progress.track(records, "Building the graph", journal.count())
        derive_whole(graph, shown, resolver, file.registry(), made)


def _gather_apart(file: GraphFile, journal: Journal, index: Path, graph: DiskGraph, progress: Progress) -> None:
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    arguments = file.path, journal.path, index, graph.folder, sender
    process = context.Process(target=_work, args=arguments, daemon=True)
    process.start()
    sender.close()
    try:
        with progress.step("Resolving names"):
            _receive(receiver)
        for _ in progress.track(_papers(receiver), "Building the graph", journal.count()):
            pass
    finally:
        process.kill()
        process.join()


def _receive(receiver: Connection) -> int | None:
    """How many papers more are done; None at the end."""
    try:
        told = receiver.recv()
    except EOFError:
        raise KgError(
            "the process that gathers the graph was killed, as happens where memory runs out; run the same again"
        ) from None
    if isinstance(told, str):
        raise KgError(told)
    assert told is None or isinstance(told, int)  # noqa: S101 - it is this module's own
    return told


def _papers(receiver: Connection) -> Iterator[None]:
    """As many items as papers are done."""
    while (done := _receive(receiver)) is not None:
        yield from (None for _ in range(done))


def _work(path: Path, journal: Path, index: Path, folder: Path, sender: Connection) -> None:
    """What the other process does; it ends with the one that began it."""
    from kg.graph import DiskGraph
    from kg.graph_file import GraphFile
    from kg.journal import Journal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BrokenPipeError):
        try:
            with Journal(journal, create=False) as records, DiskGraph(folder, shared=True) as graph:
                _gather(GraphFile(path), records, index, graph, _Told(sender))
                graph.save()
            sender.send(None)
        except KgError as error:
            sender.send(str(error))


class _Told:
    """Tells the other process how far this one is."""

    def __init__(self, sender: Connection) -> None:
        self._sender = sender

    @contextmanager
    def step(self, what: str) -> Iterator[Update]:
        """One step, which is told when it has ended."""
        yield lambda done, total: None
        self._sender.send(0)

    def track(self, items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
        """The items, some of which are told at a time."""
        number = 0
        for number, item in enumerate(items, 1):
            yield item
            if number % _AT_ONCE == 0:
                self._sender.send(_AT_ONCE)
        self._sender.send(number % _AT_ONCE)
