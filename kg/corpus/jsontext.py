"""Records in JSON: one a line, or the elements of arrays and of the answers of an API, one after the other."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from kg.corpus.source import BOM, LONGEST, Source

_Model = TypeVar("_Model", bound=BaseModel)
CURE = "write one JSON object a line with at least a title and an abstract"
_CHUNK = 1 << 16
_SPACE = " \t\r\n"
# Only where a value ends is looked at; what it holds is parsed later, by the model that knows its fields.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


def parse(source: Source, model: type[_Model]) -> Iterator[tuple[int, _Model]]:
    """The records of an input of JSON, with the numbers of the lines that they begin on.

    A record that is no JSON or no ``model`` is reported as broken.

    Raises:
        InputError: the input cannot be read to its end.
    """
    for number, text in items(source):
        try:
            record = model.model_validate_json(text)
        except ValidationError as error:
            source.broken(problem_of(error), CURE, number)
            continue
        yield number, record


def problem_of(error: ValidationError) -> str:
    """What is wrong with a record: the first thing that its model says."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return first["msg"] if first["type"] == "json_invalid" else f"{where or 'the line'}: {first['msg']}"


def items(source: Source) -> Iterator[tuple[int, str]]:
    """The text of each record with the number of the line that it begins on.

    Of an input that is not JSON lines only one record is in memory at a time: the standard library's decoder finds the
    end of each, so neither a long list nor a deep one costs more than ``LONGEST``.
    """
    if not source.head.is_json_lines:
        yield from _Documents(source).items()
        return
    for number, line in source.lines():
        if line.strip():
            yield number, line


class _Documents:
    """JSON values that are read piece by piece."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._stream = source.stream()
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text, self._at, self._line = "", 0, 1
        self._first, self._ended = True, False

    def items(self) -> Iterator[tuple[int, str]]:
        """See ``items``."""
        while start := self._next():
            if start == "[":
                yield from self._array()
            elif self._source.head.envelope is not None and start == "{":
                yield from self._answer(self._source.head.envelope)
            else:
                yield self._line, self._value()

    def _array(self) -> Iterator[tuple[int, str]]:
        self._take("[")
        while (mark := self._next()) != "]":
            line = self._line
            value = self._value()
            if value != "null":  # what an API did not find
                yield line, value
            mark = self._next()
            if mark not in (",", "]"):
                raise self._broken("expected `,` or `]`")
            if mark == ",":
                self._take(",")
        self._take("]")

    def _answer(self, wanted: str) -> Iterator[tuple[int, str]]:
        self._take("{")
        while self._next() != "}":
            name = self._value()
            self._take(":")
            if name == json.dumps(wanted) and self._next() == "[":
                yield from self._array()
            else:
                self._value()
            if self._next() not in (",", "}"):
                raise self._broken("expected `,` or `}`")
            if self._next() == ",":
                self._take(",")
        self._take("}")

    def _next(self) -> str:
        """The next character that is no white space, which is not taken; "" at the end."""
        while True:
            while self._at < len(self._text):
                char = self._text[self._at]
                if char not in _SPACE:
                    return char
                self._line += char == "\n"
                self._at += 1
            if not self._fill():
                return ""

    def _take(self, mark: str) -> None:
        if self._next() != mark:
            raise self._broken(f"expected `{mark}`")
        self._at += 1

    def _value(self) -> str:
        """The text of the next value."""
        self._next()
        wanted = _CHUNK
        while True:
            try:
                _, end = _DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                problem, end = str(error).split(": line ")[0], len(self._text)
            else:
                problem = ""
            if end < len(self._text) or (self._ended and not problem):
                break
            if len(self._text) - self._at > LONGEST:
                raise self._broken(f"the record is longer than {LONGEST >> 20} MiB, or broken: {problem}")
            # Twice as much each time, since every attempt begins at the beginning of the value.
            if not self._fill(wanted):
                if problem:
                    raise self._broken(problem)
                break
            wanted *= 2
        text = self._text[self._at : end]
        self._line += text.count("\n")
        self._at = end
        return text

    def _fill(self, size: int = _CHUNK) -> bool:
        """Reads on; gives whether there was more."""
        raw = self._stream.read(size)
        if self._first:
            raw, self._first = raw.removeprefix(BOM), False
        try:
            more = self._decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            raise self._source.error(f"byte 0x{byte:02x} is not UTF-8", "save the file as UTF-8", self._line) from None
        self._text, self._at = self._text[self._at :] + more, 0
        self._ended = not raw
        return bool(raw)

    def _broken(self, problem: str) -> Exception:
        return self._source.error(f"Invalid JSON: {problem}", "see that the whole of it was saved", self._line)
