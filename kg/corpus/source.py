"""One input: its first bytes, by which its format is told, and its text as a stream."""

from __future__ import annotations

import io
import logging
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO, cast

from pydantic_core import from_json

from kg.corpus.compression import BROKEN, Prefixed, decompressed
from kg.corpus.shelf import Shelf
from kg.errors import InputError

logger = logging.getLogger(__name__)

BOM = b"\xef\xbb\xbf"
LONGEST = 16 << 20
"""The longest line, and the longest record, in bytes or characters: what is longer is broken, and is never held."""
ENVELOPES = ("data", "results", "recommendedPapers")
"""Under which name an API's answer holds its list of records."""
_HEAD_BYTES = 1 << 20
_HEAD_LINES = 16


@dataclass(frozen=True)
class Head:
    """The first bytes of an input; what a format is recognised by.

    Attributes:
        start: up to a mebibyte, decompressed.
        columns: the names that the user gives to columns, by field.
    """

    start: bytes
    columns: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        """``start`` as text; invalid bytes are replaced, for it is the reader that reports them."""
        return self.start.removeprefix(BOM).decode(errors="replace")

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The first lines that are not blank, without white space around them."""
        found = (line.strip() for line in io.StringIO(self.text))
        return tuple(line for _, line in zip(range(_HEAD_LINES), filter(None, found), strict=False))

    @cached_property
    def _value(self) -> tuple[object, bool]:
        """The first JSON value, as far as it goes, and whether it is all of the first line."""
        if not self.lines or self.lines[0][0] not in "{[":
            return None, False
        try:
            return from_json(self.lines[0]), True
        except ValueError:
            pass
        try:
            return from_json(self.text.strip(), allow_partial=True), False
        except ValueError:
            return None, False

    @cached_property
    def envelope(self) -> str | None:
        """The name under which the first JSON object holds a list of records."""
        value = self._value[0]
        if not isinstance(value, dict) or "title" in value:
            return None
        return next((name for name in ENVELOPES if isinstance(value.get(name), list)), None)

    @cached_property
    def object(self) -> dict[str, object] | None:
        """The first record of an input of JSON: an object, the first one of an array or of an API's answer."""
        value = self._value[0]
        if isinstance(value, dict) and self.envelope:
            value = value[self.envelope]
        if isinstance(value, list):
            value = next((item for item in value if item is not None), None)
        return value if isinstance(value, dict) else None

    @property
    def is_json(self) -> bool:
        """Whether it begins as JSON does."""
        return re.match(r"\s*(?:\{|\[\s*(?:[{\]n]|$))", self.text) is not None

    @property
    def is_json_lines(self) -> bool:
        """Whether each line is a record; otherwise arrays, answers of an API, or objects over several lines follow.

        A first line that is neither whole nor the beginning of something whole is taken for a broken record, and one
        that does not end in ``start`` for a long one.
        """
        value, whole = self._value
        if not isinstance(value, dict):
            return value is None
        return self.envelope is None and (whole or "\n" not in self.text.strip())


class Source:
    """One input, decompressed. Its content is read once: by one of ``stream``, ``lines`` and ``file``.

    Args:
        name: what messages call it.
        label: what ``Paper.source`` calls it, without folders.
        stream: its bytes from the beginning.
        columns: the names that the user gives to columns, by field.
        on_error: takes what is wrong with a record, which is then left out; if None, it is raised.
        shelf: what inputs of one run share.
    """

    def __init__(
        self,
        name: str,
        label: str,
        stream: BinaryIO,
        *,
        columns: Mapping[str, str] | None = None,
        on_error: Callable[[InputError], None] | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        self.name, self.label = name, label
        self.columns = columns or {}
        self.shelf = shelf or Shelf()
        self._on_error = on_error
        self._plain = stream
        try:
            self._stream, self._compressed = decompressed(stream)
        except Exception as error:
            raise self._failed(error) from None

    @cached_property
    def head(self) -> Head:
        """The first bytes."""
        start = bytearray()
        try:
            while len(start) < _HEAD_BYTES and (more := self._stream.read(_HEAD_BYTES - len(start))):
                start += more
        except Exception as error:
            if not start:
                raise self._failed(error) from None
        return Head(bytes(start), self.columns)

    def stream(self) -> BinaryIO:
        """The bytes from the beginning; reading raises ``InputError`` where they are broken."""
        return cast(BinaryIO, io.BufferedReader(Prefixed(self.head.start, self._stream, self._failed), 1 << 16))

    def file(self) -> BinaryIO:
        """The bytes as a file that can be read in any order: a copy on disk where the input cannot be."""
        if not self._compressed and self._plain.seekable():
            self._plain.seek(0)
            return self._plain
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it  # noqa: SIM115 - the caller closes it
        shutil.copyfileobj(self.stream(), copy)
        copy.seek(0)
        return cast(BinaryIO, copy)

    def lines(self) -> Iterator[tuple[int, str]]:
        r"""Every line with its number, from 1, without its end (``\n`` or ``\r\n``) and without a byte-order mark.

        A line that is no UTF-8 or longer than ``LONGEST`` is reported as ``broken``.

        Raises:
            InputError: the compressed data is broken or the input cannot be read.
        """
        stream = self.stream()
        number = 0
        while raw := stream.readline(LONGEST + 1):
            number += 1
            if len(raw) > LONGEST:
                while raw and not raw.endswith(b"\n"):
                    raw = stream.readline(LONGEST)
                self.broken(f"the line is longer than {LONGEST >> 20} MiB", "write one record a line", number)
                continue
            try:
                line = (raw.removeprefix(BOM) if number == 1 else raw).decode()
            except UnicodeDecodeError as error:
                self.broken(f"byte 0x{raw[error.start]:02x} is not UTF-8", "save the file as UTF-8", number)
                continue
            yield number, line.removesuffix("\n").removesuffix("\r")

    def error(self, problem: str, cure: str, line: int | None = None) -> InputError:
        """The error to raise for this input, if nothing more can be read of it."""
        return InputError(problem, cure, file=self.name, line=line)

    def broken(self, problem: str, cure: str, line: int | None = None) -> None:
        """Reports a broken record, after which the next one can be read.

        Args:
            problem: what is wrong.
            cure: what to do.
            line: the line that the record begins on, or its number where there are no lines.

        Raises:
            InputError: nobody takes it.
        """
        error = self.error(problem, cure, line)
        if self._on_error is None:
            raise error
        self._on_error(error)

    def _failed(self, error: Exception) -> InputError:
        if isinstance(error, InputError):
            return error
        if isinstance(error, BROKEN) or (self._is_compressed(error) and not getattr(error, "errno", None)):
            return self.error(f"the compressed data is broken ({error})", "fetch or compress the file again")
        said = (getattr(error, "strerror", None) or str(error)).split("\n")[0]
        return self.error(f"it cannot be read ({said or type(error).__name__})", "see that it is readable")

    def _is_compressed(self, error: Exception) -> bool:
        # bzip2 and zstd say what is wrong with their data by an OSError without a number.
        return isinstance(error, OSError) and getattr(self, "_compressed", False)
