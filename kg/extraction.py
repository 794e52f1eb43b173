"""Papers to extraction records: those that a journal lacks, or as a file of their own without a graph."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

from kg.batches import batches
from kg.corpus import OnError, dedupe, read_papers
from kg.corpus.find import STDIN
from kg.errors import InputError
from kg.progress import Progress, Silent
from kg.schema import Paper, Record

if TYPE_CHECKING:
    from spacy.language import Language

    from kg.journal import Journal

_BATCH = 32
"""Papers after which what was extracted is safe: a killed build loses fewer than this, some seconds' work."""
_WORTH_PROCESSES = 256
"""Papers from which on the seconds that processes take to start are worth it."""


def extract_missing(
    journal: Journal,
    pipeline: str | None = None,
    *,
    processes: int = 1,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Extracts the papers of a journal that lack a record of this pipeline, and adds their records batch by batch.

    Args:
        journal: its lock must be held.
        pipeline: name or folder of the extraction pipeline.
        processes: over how many processes the work is spread; see ``kg.extract.parallel``.
        progress: how the work is shown.
        stop: asked after each batch; once it says True, the work ends.

    Returns:
        How many papers still wait.
    """
    if not journal.count_missing(""):
        return 0  # Every record was given by the user; no pipeline need be loaded.
    from kg.extract import load_pipeline, pipeline_version

    progress = progress or Silent()
    with progress.step("Loading the pipeline"):
        nlp = load_pipeline(pipeline)
    name = pipeline_version(nlp)
    missing = journal.count_missing(name)
    records = _records(journal.missing(name), nlp, pipeline, processes if missing >= _WORTH_PROCESSES else 1)
    with closing(records):
        for batch in batches(progress.track(records, "Extracting", missing), _BATCH):
            journal.add_records(batch, name)
            if stop():
                break
    return journal.count_missing(name)


def _records(
    papers: Iterable[Paper], nlp: Language, pipeline: str | None, processes: int
) -> Generator[Record, None, None]:
    if processes > 1:
        from kg.extract.parallel import extract_in_processes

        yield from extract_in_processes(papers, pipeline, processes)
    else:
        from kg.extract import extract

        yield from extract(papers, nlp)


def extract_to(
    inputs: Sequence[str | Path],
    output: str | Path,
    *,
    pipeline: str | None = None,
    registry: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    on_error: OnError | None = None,
    progress: Progress | None = None,
) -> int:
    """Writes the extraction records of all inputs as JSON lines, each paper once, in input order.

    Args:
        inputs: what ``kg.corpus.read_papers`` takes; of annotated papers and records only the text is read.
        output: a path, which is replaced when all is done, or ``-`` for standard output.
        pipeline: name or folder of the extraction pipeline.
        registry: a file of names of your own (see ``kg.resolve.load_registry``).
        columns: see ``kg.corpus.read_papers``.
        on_error: see ``kg.corpus.read_papers``.
        progress: how the work is shown.

    Returns:
        How many records were written.

    Raises:
        InputError: an input cannot be read or the output cannot be written.
    """
    read = read_papers(inputs, columns=columns, on_error=on_error)
    papers = dedupe(p.paper if isinstance(p, Record) else p for p in read)
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
