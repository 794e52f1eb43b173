"""Papers to extraction records: those that a journal lacks, or as a file of their own without a graph."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kg.batches import batches
from kg.corpus import OnError, dedupe, read_papers
from kg.corpus.find import STDIN
from kg.errors import InputError, StoppedError
from kg.progress import Progress, Silent
from kg.schema import Paper, Record
from kg.spool import Spool

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
    processes: int = 1,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Writes the extraction records of all inputs as JSON lines, each paper once, in input order.

    What is extracted is kept in ``OUTPUT.part`` until all is done: a call that ended before goes on when it is made
    again, after the last paper whose record is there.

    Args:
        inputs: what ``kg.corpus.read_papers`` takes; of annotated papers and records only the text is read.
        output: a path, which is replaced when all is done, or ``-`` for standard output.
        pipeline: name or folder of the extraction pipeline.
        registry: a file of names of your own (see ``kg.resolve.load_registry``).
        columns: see ``kg.corpus.read_papers``.
        on_error: see ``kg.corpus.read_papers``.
        processes: over how many processes the work is spread; see ``kg.extract.parallel``.
        progress: how the work is shown.
        stop: asked after each paper; once it says True, the work ends.

    Returns:
        How many records were written.

    Raises:
        InputError: an input cannot be read or the output cannot be written.
        StoppedError: ``stop`` ended the work before all was written.
        KgError: another process extracts to ``output``.
    """
    from kg.resolve import Resolver, load_registry

    read = read_papers(inputs, columns=columns, on_error=on_error)
    papers = list(dedupe(p.paper if isinstance(p, Record) else p for p in read))
    names = load_registry(None if registry is None else Path(registry))
    kept = None if output == STDIN else Path(f"{output}.part")
    with _opened(output) as stream, _extracted(papers, pipeline, kept, processes, progress, stop) as found:
        resolver = Resolver(names).fit(found)
        for record in found:
            stream.write(resolver.apply(record).model_dump_json() + "\n")
    found.remove()
    return len(papers)


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
    from kg.resolve import Resolver, load_registry

    names = load_registry(None if registry is None else Path(registry))
    with _extracted(list(papers), pipeline, progress=progress) as found:
        resolver = Resolver(names).fit(found)
        for record in found:
            yield resolver.apply(record)


@contextmanager
def _extracted(
    papers: Sequence[Paper],
    pipeline: str | None,
    kept: Path | None = None,
    processes: int = 1,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Spool]:
    """The records of papers as they were extracted, some of them by an earlier call if it ``kept`` them."""
    from kg.extract import load_pipeline, pipeline_version

    progress = progress or Silent()
    with progress.step("Loading the pipeline"):
        nlp = load_pipeline(pipeline)
    with Spool(pipeline_version(nlp), kept) as found:
        missing = papers[found.keep(papers) :]
        records = _records(missing, nlp, pipeline, processes if len(missing) >= _WORTH_PROCESSES else 1)
        with closing(records):
            for done, record in enumerate(progress.track(records, "Extracting", len(missing)), 1):
                found.append(record)
                if done < len(missing) and stop():
                    there = f"{len(papers) - len(missing) + done} of {len(papers)} papers are extracted"
                    further = "run the same command again to go on" if kept else "nothing is kept without an output"
                    raise StoppedError(f"{there}; {further}")
        yield found


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
