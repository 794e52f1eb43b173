"""Papers to extraction records on all processors: one pipeline a process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path

from spacy.language import Language

from kg.errors import KgError
from kg.extract.pipeline import extract, load_pipeline
from kg.extract.reader import EncoderPipe
from kg.schema import Paper, Record

_CHUNK = 16
"""Papers that a process takes at once: about a second's work."""
_AHEAD = 3
"""Chunks for each process that are read before they are needed, so that none waits for the next."""
_nlp: Language | None = None
"""The pipeline of this process, where it is one of those started here."""


def extract_in_processes(papers: Iterable[Paper], pipeline: str | Path | None, processes: int) -> Iterator[Record]:
    """Records of papers, in order; the same as of ``extract``, whatever the number of processes.

    Processes are started anew (not forked), so a program that calls this must be importable: its own work stands under
    ``if __name__ == "__main__"``. They end with this generator, and with this process however that ends.

    Args:
        papers: taken as they are needed.
        pipeline: see ``load_pipeline``.
        processes: how many.

    Raises:
        KgError: a process was killed.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, context, initializer=_start, initargs=(pipeline,))
    waiting: deque[Future[list[Record]]] = deque()
    source = iter(papers)
    try:
        while True:
            while len(waiting) < _AHEAD * processes and (chunk := list(islice(source, _CHUNK))):
                waiting.append(pool.submit(_extract, chunk))
            if not waiting:
                return
            yield from waiting.popleft().result()
    except BrokenProcessPool:
        raise KgError(
            "a process of the extraction was killed, as happens where memory runs out; "
            "run the same command again with fewer --processes, and it goes on"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def load_for_one_thread(pipeline: str | Path | None) -> Language:
    """The pipeline for a process that is one of many: it reads one text at a time."""
    nlp = load_pipeline(pipeline)
    for _, component in nlp.pipeline:
        if isinstance(component, EncoderPipe):
            component.use_threads(1)
    return nlp


def _start(pipeline: str | Path | None) -> None:
    """Makes a process ready: Ctrl-C is its parent's affair, and it ends when its parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _nlp
    _nlp = load_for_one_thread(pipeline)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _extract(papers: list[Paper]) -> list[Record]:
    assert _nlp is not None  # noqa: S101 - the process was started so
    return list(extract(papers, _nlp))
