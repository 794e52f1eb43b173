"""The formats that papers are read from, and the one function that reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from kg.corpus.annotations import FORMAT as ANNOTATIONS
from kg.corpus.daily_papers import FORMAT as DAILY_PAPERS
from kg.corpus.format import Format
from kg.corpus.jsonl import FORMAT as JSONL
from kg.corpus.records import FORMAT as RECORDS
from kg.corpus.source import Found, Source, find, logger
from kg.errors import InputError
from kg.schema import Paper

FORMATS: Mapping[str, Format] = {format_.name: format_ for format_ in (RECORDS, ANNOTATIONS, JSONL, DAILY_PAPERS)}
"""By name. An input is read by the first that recognises it: the special before the general."""


def read_papers(inputs: Sequence[str | Path], *, stdin: BinaryIO | None = None) -> Iterator[Paper]:
    """Reads papers from files of any known format, told by their content, plain or compressed with gzip.

    Nothing is merged: a paper that stands in two files comes twice (``dedupe`` and ``Journal`` merge). The papers come
    one by one, so memory does not grow with the input, and an error in the third file is raised after the papers of
    the first two have been given. Who stores them must store all or none: ``Journal.add_papers`` takes this iterator
    in one transaction, so that a broken file leaves what was stored as it was.

    Args:
        inputs: files, folders (with all below them; hidden files are left out, and so, with a warning in the log, are
            files of no known format), patterns, and ``-`` for standard input. A file named twice is read once.
        stdin: what ``-`` stands for; standard input if None.

    Returns:
        Papers without annotations as ``Paper``, papers with annotations as ``Record``; files in the order of
        ``inputs``, sorted by path within a folder or pattern.

    Raises:
        InputError: an input is missing (at once, before anything is read), or while reading: it is empty, of no known
            format, not UTF-8, or broken. The message names file and line.
    """
    return _read(find(inputs), stdin)


def _read(files: list[Found], stdin: BinaryIO | None) -> Iterator[Paper]:
    skipped: list[Found] = []
    for file in files:
        with file.open(stdin) as source:
            format_ = next((f for f in FORMATS.values() if source.head.lines and f.recognises(source.head)), None)
            if format_ is not None:
                yield from format_.read(source)
            elif file.named:
                raise _unknown(source)
            else:
                skipped.append(file)
                logger.warning("skipped %s: it has no known format", source.name)
    if len(skipped) == len(files):
        raise InputError(f"none of the {len(skipped)} files in the folder has a known format", _CURE)


_CURE = f"give {', '.join(f.description for f in FORMATS.values())}"


def _unknown(source: Source) -> InputError:
    for _number, _line in source.lines():  # bytes that are no text say more than an unknown format
        pass
    if not source.head.lines:
        return source.error("the file is empty", _CURE, 1)
    return source.error("it has no known format", _CURE, 1)
