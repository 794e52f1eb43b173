"""Papers to extraction records, with one id for one thing in all of them, without a graph."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from kg.corpus import dedupe, read_papers
from kg.corpus.source import STDIN
from kg.errors import InputError
from kg.progress import Progress, Silent
from kg.schema import Paper, Record


def extract_to(
    inputs: Sequence[str | Path],
    output: str | Path,
    *,
    pipeline: str | None = None,
    registry: str | Path | None = None,
    progress: Progress | None = None,
) -> int:
    """Writes the extraction records of all inputs as JSON lines, each paper once, in input order.

    Args:
        inputs: what ``kg.corpus.read_papers`` takes; of annotated papers and records only the text is read.
        output: a path, which is replaced when all is done, or ``-`` for standard output.
        pipeline: name or folder of the extraction pipeline.
        registry: a file of names of your own (see ``kg.resolve.load_registry``).
        progress: how the work is shown.

    Returns:
        How many records were written.

    Raises:
        InputError: an input cannot be read or the output cannot be written.
    """
    papers = dedupe(p.paper if isinstance(p, Record) else p for p in read_papers(inputs))
    written = 0
    with _opened(output) as stream:
        for record in extract_records(papers, pipeline=pipeline, registry=registry, progress=progress):
            stream.write(record.model_dump_json() + "\n")
            written += 1
    return written


def extract_records(
    papers: Iterable[Paper],
    *,
    pipeline: str | None = None,
    registry: str | Path | None = None,
    progress: Progress | None = None,
) -> Iterator[Record]:
    """The extraction records of papers, in their order; entity ids are those of all papers together.

    Args:
        papers: each once.
        pipeline: name or folder of the extraction pipeline.
        registry: a file of names of your own (see ``kg.resolve.load_registry``).
        progress: how the work is shown.
    """
    from kg.extract import extract, load_pipeline
    from kg.resolve import Resolver, load_registry

    progress = progress or Silent()
    papers = list(papers)
    names = load_registry(None if registry is None else Path(registry))
    with _Spool() as found:
        with progress.step("Loading the pipeline"):
            nlp = load_pipeline(pipeline)
        for record in progress.track(extract(papers, nlp), "Extracting", len(papers)):
            found.append(record)
        resolver = Resolver(names).fit(found)
        for record in found:
            yield resolver.apply(record)


class _Spool:
    """Records in a temporary file, as often as they are iterated over: resolving takes two passes."""

    def __enter__(self) -> Self:
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def append(self, record: Record) -> None:
        self._file.write(record.model_dump_json() + "\n")

    def __iter__(self) -> Iterator[Record]:
        self._file.seek(0)
        return (Record.model_validate_json(line) for line in iter(self._file.readline, ""))


@contextmanager
def _opened(output: str | Path) -> Iterator[IO[str]]:
    """A stream whose content takes the place of the file at ``output`` only when all of it is there."""
    if output == STDIN:
        yield sys.stdout
        return
    target = Path(output)
    draft = Path(f"{target}.tmp")
    try:
        stream = draft.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        problem = f"it cannot be written ({error.strerror or error})"
        raise InputError(problem, "name a file in a folder that can be written", file=target) from None
    try:
        with stream:
            yield stream
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
