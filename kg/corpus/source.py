"""Finding input files and reading their bytes as text."""

from __future__ import annotations

import gzip
import io
import logging
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from glob import glob
from pathlib import Path
from typing import BinaryIO

from pydantic_core import from_json

from kg.errors import InputError

logger = logging.getLogger(__name__)

STDIN = "-"
_STDIN_LABEL = "stdin"
_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_HEAD_LINES = 16
_HEAD_BYTES = 16 << 20
"""A line that is longer than this is not looked at further when the format is recognised."""
_SPOOL_BYTES = 32 << 20


@dataclass(frozen=True)
class Head:
    """The first lines of an input that are not blank; what a format is recognised by."""

    lines: tuple[str, ...]

    @cached_property
    def object(self) -> dict[str, object] | None:
        """The JSON object on the first line, if there is one."""
        try:
            value = from_json(self.lines[0])
        except (ValueError, IndexError):
            return None
        return value if isinstance(value, dict) else None


class Source:
    """One input, decompressed.

    Attributes:
        name: what messages call it.
        label: what ``Paper.source`` calls it, without folders.
    """

    def __init__(self, name: str, label: str, stream: BinaryIO) -> None:
        self.name, self.label = name, label
        compressed = stream.read(len(_GZIP)) == _GZIP
        stream.seek(0)
        self._stream: BinaryIO = gzip.GzipFile(fileobj=stream, mode="rb") if compressed else stream  # type: ignore[assignment]

    @cached_property
    def head(self) -> Head:
        """The first lines; invalid bytes are replaced, for it is the reader that reports them."""
        self._stream.seek(0)
        found: list[str] = []
        with self._reported():
            while len(found) < _HEAD_LINES and (raw := self._stream.readline(_HEAD_BYTES)):
                if line := raw.removeprefix(_BOM).decode(errors="replace").strip():
                    found.append(line)
        return Head(tuple(found))

    def lines(self) -> Iterator[tuple[int, str]]:
        r"""Every line with its number, from 1, without its end (``\n`` or ``\r\n``) and without a byte-order mark.

        Raises:
            InputError: the bytes are not UTF-8, or the compressed data is broken.
        """
        self._stream.seek(0)
        with self._reported():
            for number, raw in enumerate(self._stream, 1):
                try:
                    line = (raw.removeprefix(_BOM) if number == 1 else raw).decode()
                except UnicodeDecodeError as error:
                    raise self.error(
                        f"byte 0x{raw[error.start]:02x} is not UTF-8", "save the file as UTF-8", number
                    ) from None
                yield number, line.removesuffix("\n").removesuffix("\r")

    def error(self, problem: str, cure: str, line: int | None = None) -> InputError:
        """The error to raise for this input."""
        return InputError(problem, cure, file=self.name, line=line)

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise self.error(f"the compressed data is broken ({error})", "fetch or compress the file again") from None
        except OSError as error:
            raise self.error(f"it cannot be read ({error.strerror or error})", "see that it is readable") from None


@dataclass(frozen=True)
class Found:
    """A file to read; ``named`` if the user named it rather than a folder it lies in."""

    path: Path | None
    named: bool = True

    @contextmanager
    def open(self, stdin: BinaryIO | None) -> Iterator[Source]:
        """The file, or standard input where ``path`` is None, opened for reading."""
        if self.path is None:
            # Recognising a format takes a look ahead, which a pipe does not allow.
            with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as copy:
                shutil.copyfileobj(stdin or sys.stdin.buffer, copy)
                copy.seek(0)
                yield Source("standard input", _STDIN_LABEL, copy)  # type: ignore[arg-type]
            return
        try:
            stream: BinaryIO = self.path.open("rb")
            if not stream.seekable():
                stream = io.BytesIO(stream.read())
        except OSError as error:
            raise InputError(
                f"it cannot be read ({error.strerror})", "see that it is a readable file", file=self.path
            ) from None
        with stream:
            yield Source(str(self.path), self.path.name, stream)


def find(inputs: Sequence[str | Path]) -> list[Found]:
    """The files that ``inputs`` name, each once.

    Args:
        inputs: files, folders (all files below them, sorted, hidden ones left out), patterns with ``*``, ``?``, ``[]``
            and ``**``, and ``-`` for standard input.

    Raises:
        InputError: one of them is missing, or a folder or pattern that holds no file.
    """
    if not inputs:
        raise InputError("no input is given", "name a file, a folder, a pattern, or - for standard input")
    found: dict[object, Found] = {}
    for given in inputs:
        for one in _find(given):
            found.setdefault(one.path and one.path.resolve(), one)
    return list(found.values())


def _find(given: str | Path) -> list[Found]:
    if given == STDIN:
        return [Found(None)]
    path = Path(given)
    if path.is_dir():
        below = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p.relative_to(path)))
        if not below:
            raise InputError("the folder holds no file", "name a folder with papers in it", file=given)
        return [Found(p, named=False) for p in below]
    if path.exists():
        return [Found(path)]
    if any(sign in str(given) for sign in "*?["):
        matches = sorted(glob(str(given), recursive=True))  # noqa: PTH207 - a pattern may be absolute
        if not matches:
            raise InputError("no file matches this pattern", "see that the pattern is right", file=given)
        # `dir/**` matches folders and, once more, the files in them.
        files = [Found(Path(m)) for m in matches if not Path(m).is_dir()]
        return files or [one for m in matches for one in _find(m)]
    raise InputError("there is no such file or folder", "see that the name is right", file=given)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
