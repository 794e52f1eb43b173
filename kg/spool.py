"""Records on their way to a file: written one by one, read as often as needed, kept if the work is stopped."""

from __future__ import annotations

import fcntl
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pydantic import ValidationError

from kg.errors import InputError, KgError
from kg.schema import Paper, Record


class Spool:
    """Records in a file, as often as they are iterated over.

    Args:
        pipeline: what extracts them; records that another one left in ``file`` do not count.
        file: where records stay until ``remove``, through the end of the process too; a temporary file if None.

    Raises:
        InputError: the file cannot be written.
        KgError: another process writes it.
    """

    def __init__(self, pipeline: str, file: Path | None = None) -> None:
        self.file = file
        self._header = json.dumps({"pipeline": pipeline}).encode() + b"\n"
        self._stream = _opened(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stream.close()

    def keep(self, papers: Sequence[Paper]) -> int:
        """How many of the first of ``papers`` have their records here already; what comes after those is dropped."""
        self._stream.seek(0)
        kept = 0
        if self._stream.readline() == self._header:
            end = self._stream.tell()
            while kept < len(papers) and _is_of(papers[kept], self._stream.readline()):
                kept, end = kept + 1, self._stream.tell()
            self._stream.truncate(end)
        else:
            self._stream.truncate(0)
            self._stream.seek(0)
            self._stream.write(self._header)
        return kept

    def append(self, record: Record) -> None:
        """Adds a record, after ``keep``."""
        self._stream.seek(0, 2)
        self._stream.write(record.model_dump_json().encode() + b"\n")

    def __iter__(self) -> Iterator[Record]:
        self._stream.seek(len(self._header))
        return (Record.model_validate_json(line) for line in iter(self._stream.readline, b""))

    def remove(self) -> None:
        """Removes the file, once what it is for is done."""
        if self.file is not None:
            self.file.unlink(missing_ok=True)


def _opened(file: Path | None) -> IO[bytes]:
    if file is None:
        return tempfile.TemporaryFile()
    try:
        stream = file.open("a+b")
    except OSError as error:
        problem = f"it cannot be written ({error.strerror or error})"
        raise InputError(problem, "name a file in a folder that can be written", file=file) from None
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stream.close()
        raise KgError(f"{file}: another process extracts into it; wait for its end, or name another output") from None
    return stream


def _is_of(paper: Paper, line: bytes) -> bool:
    """Whether a line is a whole record of the paper."""
    try:
        return line.endswith(b"\n") and Record.model_validate_json(line).paper == paper
    except ValidationError:
        return False
