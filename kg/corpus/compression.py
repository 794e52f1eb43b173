"""Compressed inputs, told by their first bytes and read as a stream."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Mapping
from typing import BinaryIO, cast

BROKEN: tuple[type[Exception], ...] = (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError)
"""What reading broken compressed data raises, beside ``OSError``."""


def _zstd(stream: BinaryIO) -> BinaryIO:
    # pyarrow, which is there for Parquet, brings zstd along; the standard library has it only from Python 3.14 on.
    import pyarrow as pa

    return cast(BinaryIO, pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), "zstd"))


_OPENERS: Mapping[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": lambda stream: cast(BinaryIO, gzip.GzipFile(fileobj=stream, mode="rb")),
    b"BZh": lambda stream: cast(BinaryIO, bz2.BZ2File(stream)),
    b"\xfd7zXZ\x00": lambda stream: cast(BinaryIO, lzma.LZMAFile(stream)),  # noqa: SIM115 - the caller closes  # noqa: SIM115 - the caller closes
    b"\x28\xb5\x2f\xfd": _zstd,
}
"""By the bytes that a file begins with: gzip, bzip2, xz, zstd."""


class Prefixed(io.RawIOBase):
    """The bytes that were taken from a stream to look at, and then the rest of it.

    Args:
        start: what was taken.
        rest: the stream.
        failed: turns what reading raises into the error to raise in its place.
    """

    def __init__(self, start: bytes, rest: BinaryIO, failed: Callable[[Exception], Exception]) -> None:
        self._start, self._rest, self._failed = memoryview(start), rest, failed

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """See ``io.RawIOBase``."""
        if self._start:
            taken = self._start[: len(buffer)]
            self._start = self._start[len(taken) :]
        else:
            try:
                taken = memoryview(self._rest.read(len(buffer)))
            except Exception as error:  # what broken data or a broken connection raises depends on who reads
                raise self._failed(error) from None
        buffer[: len(taken)] = taken
        return len(taken)


def decompressed(stream: BinaryIO) -> tuple[BinaryIO, bool]:
    """The stream, from its beginning, decompressed where it is compressed; and whether it is.

    Args:
        stream: need not be seekable.
    """
    longest = max(map(len, _OPENERS))
    start = b""
    while len(start) < longest and (more := stream.read(longest - len(start))):
        start += more
    opener = next((opener for magic, opener in _OPENERS.items() if start.startswith(magic)), None)
    if stream.seekable():
        stream.seek(0)
    else:
        stream = cast(BinaryIO, io.BufferedReader(Prefixed(start, stream, lambda error: error)))
    return (stream, False) if opener is None else (opener(stream), True)
