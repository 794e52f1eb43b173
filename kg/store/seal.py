"""The last page of a graph's file: which schema it has, and the checksum of all that stands before.

A database reads a damaged page without a word, or crashes on it. A checksum inside the file, unlike one beside it, is
always put in place together with the graph. Ladybug itself does not look at what follows its own pages.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from kg.errors import InputError
from kg.store.base import CorruptStoreError

_MAGIC = b"paperkg graph\n"
_PAGE = 4096
_CHUNK = 1 << 20


def seal(path: Path, schema: str) -> None:
    """Appends the page to a complete database file and makes the file durable."""
    with path.open("rb+") as file:
        header = {"schema": schema, "sha256": _checksum(path, path.stat().st_size)}
        file.seek(0, os.SEEK_END)
        file.write((_MAGIC + json.dumps(header).encode()).ljust(_PAGE))
        file.flush()
        os.fsync(file.fileno())


def without_seal(path: Path) -> int:
    """The size of a sealed file in bytes without its last page."""
    return path.stat().st_size - _PAGE


def sealed_checksum(path: Path) -> str | None:
    """The checksum that a file was sealed with, which is not held against the file; None if it has no seal."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, without_seal(path)))
            return str(json.loads(file.read(_PAGE).removeprefix(_MAGIC))["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def check_seal(path: Path) -> str:
    """The schema that the file was written with, once its checksum holds.

    Raises:
        CorruptStoreError: the file is no graph of this tool, or not a byte of it may differ and one does.
        InputError: the file cannot be read.
    """
    try:
        size = without_seal(path)
        with path.open("rb") as file:
            file.seek(max(0, size))
            page = file.read(_PAGE)
        if size <= 0 or not page.startswith(_MAGIC):
            problem, cure = (
                "the file is no graph of this tool, or its end is missing",
                "name another, or restore a backup",
            )
            raise CorruptStoreError(problem, cure, file=path)
        try:
            header = json.loads(page.removeprefix(_MAGIC))
            schema, checksum = str(header["schema"]), header["sha256"]
        except (ValueError, KeyError, TypeError):
            schema, checksum = "", ""
        if checksum != _checksum(path, size):
            problem = "the file is damaged: its checksum does not hold"
            raise CorruptStoreError(problem, "run kg build again, or restore a backup", file=path)
    except OSError as error:
        problem = f"the graph cannot be read ({error.strerror or error})"
        raise InputError(problem, "name a graph that can be read", file=path) from error
    return schema


def _checksum(path: Path, size: int) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while size > 0 and (chunk := file.read(min(_CHUNK, size))):
            digest.update(chunk)
            size -= len(chunk)
    return digest.hexdigest()
