"""The formats that papers are read from, and the one function that reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kg.corpus import arxiv, catalogues, table
from kg.corpus.annotations import FORMAT as ANNOTATIONS
from kg.corpus.bibtex import FORMAT as BIBTEX
from kg.corpus.columns import check_columns
from kg.corpus.daily_papers import FORMAT as DAILY_PAPERS
from kg.corpus.find import Found, find
from kg.corpus.format import Format
from kg.corpus.jsonl import FORMAT as JSONL
from kg.corpus.records import FORMAT as RECORDS
from kg.corpus.shelf import Shelf
from kg.corpus.source import BOM, Head, Source, logger
from kg.errors import InputError
from kg.schema import Paper

FORMATS: Mapping[str, Format] = {
    format_.name: format_
    for format_ in (
        table.PARQUET,
        arxiv.ATOM,
        arxiv.OAI_PMH,
        RECORDS,
        ANNOTATIONS,
        arxiv.SNAPSHOT,
        catalogues.DAILY_PAPERS_API,
        catalogues.SEMANTIC_SCHOLAR,
        catalogues.SEMANTIC_SCHOLAR_PAPERS,
        catalogues.SEMANTIC_SCHOLAR_ABSTRACTS,
        catalogues.OPENALEX,
        JSONL,
        BIBTEX,
        DAILY_PAPERS,
        table.TEXT,
    )
}
"""By name. An input is read by the first that recognises it: the special before the general."""

_NAMED = (JSONL, table.PARQUET, table.TEXT)
"""The formats whose columns the user may name; an input with such columns is read by one of these."""

OnError = Callable[[InputError], None]
OnForeign = Callable[[str], None]


def read_papers(
    inputs: Sequence[str | Path],
    *,
    stdin: BinaryIO | None = None,
    columns: Mapping[str, str] | None = None,
    on_error: OnError | None = None,
) -> Iterator[Paper]:
    """Reads papers from files of any known format, told by their content, plain or compressed.

    Nothing is merged: a paper that stands in two files comes twice (``dedupe`` and ``Journal`` merge). The papers come
    one by one, so memory does not grow with the input, and an error in the third file is raised after the papers of
    the first two have been given. Who stores them must store all or none: ``Journal.add_papers`` takes this iterator
    in one transaction, so that a broken file leaves what was stored as it was.

    Args:
        inputs: files, folders (with all below them; hidden files are left out, and so, with a warning in the log, are
            files of no known format), patterns, addresses (``https://``, ``s3://`` and others of fsspec), and ``-`` for
            standard input. A file named twice is read once.
        stdin: what ``-`` stands for; standard input if None.
        columns: how tables and JSON lines call the fields of a paper, where not by a usual name
            (``{"title": "Headline"}``; ``kg.corpus.columns.USUAL`` has the fields with their usual names).
        on_error: takes what is wrong with a record, or with the rest of a file, which is then left out; without it, the
            first such error is raised.

    Returns:
        Papers without annotations as ``Paper``, papers with annotations as ``Record``; files in the order of
        ``inputs``, sorted by path within a folder or pattern; Semantic Scholar's data set of papers last, since
        abstracts that stand in files of their own are put with them.

    Raises:
        InputError: an input is missing (at once, before anything is read), or while reading: it is empty, of no known
            format, not UTF-8, or broken. The message names file and line.
    """
    check_columns(columns or {})
    return read_found(find(inputs), stdin=stdin, columns=columns, on_error=on_error)


def read_found(
    files: Sequence[Found],
    *,
    stdin: BinaryIO | None = None,
    columns: Mapping[str, str] | None = None,
    on_error: OnError | None = None,
    on_foreign: OnForeign | None = None,
) -> Iterator[Paper]:
    """Reads papers from files that ``kg.corpus.find.find`` has found (see ``read_papers``).

    Args:
        files: all that are read together (see ``group_files``).
        stdin: see ``read_papers``.
        columns: see ``read_papers``.
        on_error: see ``read_papers``.
        on_foreign: takes the name of each file of a folder that is of no known format; without it, that is logged, and
            it is an error if all of them are.
    """
    return _Reading(list(files), stdin, columns or {}, on_error, on_foreign).papers()


def group_files(files: Sequence[Found], columns: Mapping[str, str]) -> list[list[Found]]:
    """The files in groups that can be read apart: each for itself, or all as one where one waits for the others."""
    if len(files) > 1 and any(_is_late(file, columns) for file in files):
        return [list(files)]
    return [[file] for file in files]


def _is_late(file: Found, columns: Mapping[str, str]) -> bool:
    try:
        with file.open(None) as stream:
            format_ = recognise(Source(file.name, file.label, stream, columns=columns).head)
    except InputError:  # who reads it will say so
        return False
    return format_ is not None and format_.late


@dataclass
class _Reading:
    """One run over some files."""

    files: list[Found]
    stdin: BinaryIO | None
    columns: Mapping[str, str]
    on_error: OnError | None
    on_foreign: OnForeign | None = None

    def papers(self) -> Iterator[Paper]:
        self._skipped = 0
        self._shelf = Shelf()
        late: list[Found] = []
        try:
            for file in self.files:
                yield from self._read(file, late)
            for file in late:
                yield from self._read(file, None)
        finally:
            self._shelf.close()
        if self._skipped == len(self.files) and self.on_foreign is None:
            raise all_foreign(self._skipped)

    def _read(self, file: Found, late: list[Found] | None) -> Iterator[Paper]:
        """The papers of a file; where it is to be read after all others, it is put into ``late`` instead."""
        try:
            with file.open(self.stdin) as stream:
                source = Source(
                    file.name,
                    file.label,
                    stream,
                    columns=self.columns,
                    on_error=self.on_error,
                    shelf=self._shelf,
                )
                format_ = recognise(source.head)
                if format_ is None:
                    if file.named:
                        raise _unknown(source)
                    self._skipped += 1
                    (self.on_foreign or log_foreign)(source.name)
                elif format_.late and late is not None and file != Found():  # standard input is there but once
                    late.append(file)
                else:
                    yield from format_.read(source)
        except InputError as error:
            if self.on_error is None:
                raise
            self.on_error(error)


def log_foreign(name: str) -> None:
    """Says that a file is left out."""
    logger.warning("skipped %s: it has no known format", name)


def all_foreign(files: int) -> InputError:
    """The error where no file of a folder can be read."""
    return InputError(f"none of the {files} files in the folder has a known format", _CURE)


def recognise(head: Head) -> Format | None:
    """The format of an input that begins like this, or None."""
    if not head.start.strip():
        return None
    formats = (*_NAMED, *FORMATS.values()) if head.columns else FORMATS.values()
    return next((format_ for format_ in formats if format_.recognises(head)), None)


_CURE = f"give {', '.join(f.description for f in FORMATS.values())}"


def _unknown(source: Source) -> InputError:
    """What is wrong with an input of no known format: bytes that are no text say more than that."""
    lines = source.head.start.removeprefix(BOM).split(b"\n")
    for number, line in enumerate(lines[:-1] if len(lines) > 1 else lines, 1):
        try:
            line.decode()
        except UnicodeDecodeError as error:
            return source.error(f"byte 0x{line[error.start]:02x} is not UTF-8", "save the file as UTF-8", number)
    if not source.head.start.strip():
        return source.error("the file is empty", _CURE, 1)
    if source.columns:
        named = ", ".join(source.columns.values())
        return source.error(f"it has no columns called {named}", "see how the columns are called", 1)
    return source.error("it has no known format", f"{_CURE}; or name columns: --columns title=NAME,abstract=NAME", 1)
