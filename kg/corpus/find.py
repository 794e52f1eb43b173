"""Finding input files, on this machine and elsewhere."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import urlsplit

from kg.corpus.compression import Prefixed
from kg.errors import InputError
from kg.extras import needs_extra

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

STDIN = "-"
_STDIN_LABEL = "stdin"
_STREAMED = ("http", "https")
"""Protocols whose servers may give a file only from its beginning, and that have no folders."""


@dataclass(frozen=True)
class Found:
    """A file to read: a path, an address, or standard input where both are None.

    ``named`` if the user named it rather than a folder it lies in.
    """

    path: Path | None = None
    url: str | None = None
    named: bool = True

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.url or ("standard input" if self.path is None else str(self.path))

    @property
    def label(self) -> str:
        """What ``Paper.source`` calls it, without folders."""
        if self.url is not None:
            parts = urlsplit(self.url)
            return parts.path.rstrip("/").rsplit("/", 1)[-1] or parts.netloc
        return _STDIN_LABEL if self.path is None else self.path.name

    @contextmanager
    def open(self, stdin: BinaryIO | None) -> Iterator[BinaryIO]:
        """Its bytes.

        Raises:
            InputError: it cannot be opened.
        """
        if self.path is None and self.url is None:
            yield stdin or sys.stdin.buffer
            return
        try:
            stream = self._open_url(self.url) if self.path is None else self.path.open("rb")
        except InputError:
            raise
        except Exception as error:  # what a file system far away raises is its own affair
            raise _unreadable(error, self.name) from None
        with stream:
            yield stream

    @staticmethod
    def _open_url(url: str | None) -> BinaryIO:
        system, path = _system(str(url))
        if urlsplit(str(url)).scheme not in _STREAMED:
            return cast(BinaryIO, system.open(path, "rb"))
        # Such a stream says that it can be read in any order, and cannot.
        return cast(BinaryIO, io.BufferedReader(Prefixed(b"", system.open(path, "rb", block_size=0), lambda e: e)))


def find(inputs: Sequence[str | Path]) -> list[Found]:
    """The files that ``inputs`` name, each once.

    Args:
        inputs: files, folders (all files below them, sorted, hidden ones left out), patterns with ``*``, ``?``, ``[]``
            and ``**``, addresses of files, folders and patterns elsewhere (``s3://``, ``https://`` …), and ``-`` for
            standard input.

    Raises:
        InputError: one of them is missing, or a folder or pattern that holds no file.
    """
    if not inputs:
        raise InputError("no input is given", "name a file, a folder, a pattern, or - for standard input")
    found: dict[object, Found] = {}
    for given in inputs:
        for one in _find(given):
            found.setdefault(one.url or (one.path and one.path.resolve()), one)
    return list(found.values())


def _find(given: str | Path) -> list[Found]:
    if given == STDIN:
        return [Found()]
    if isinstance(given, str) and "://" in given:
        return _find_remote(given)
    path = Path(given)
    if path.is_dir():
        below = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p.relative_to(path)))
        if not below:
            raise InputError("the folder holds no file", "name a folder with papers in it", file=given)
        return [Found(p, named=False) for p in below]
    if path.exists():
        return [Found(path)]
    if _is_pattern(str(given)):
        matches = sorted(glob(str(given), recursive=True))  # noqa: PTH207 - a pattern may be absolute
        if not matches:
            raise _unmatched(given)
        # `dir/**` matches folders and, once more, the files in them.
        files = [Found(Path(m)) for m in matches if not Path(m).is_dir()]
        return files or [one for m in matches for one in _find(m)]
    raise _missing(given)


def _find_remote(url: str) -> list[Found]:
    if urlsplit(url).scheme in _STREAMED:
        _system(url)
        return [Found(url=url)]
    try:
        system, path = _system(url)
        named = True
        if _is_pattern(path):
            paths = [p for p in system.glob(path) if not system.isdir(p)]
            if not paths:
                raise _unmatched(url)
        elif system.isdir(path):
            named = False
            paths = [p for p in system.find(path) if not _hidden(Path(p[len(path) :].lstrip("/")))]
            if not paths:
                raise InputError("the folder holds no file", "name a folder with papers in it", file=url)
        elif system.exists(path):
            paths = [path]
        else:
            raise _missing(url)
        return [Found(url=system.unstrip_protocol(p), named=named) for p in sorted(paths)]
    except InputError:
        raise
    except Exception as error:
        raise _unreadable(error, url) from None


def _system(url: str) -> tuple[AbstractFileSystem, str]:
    """The file system of an address, and the path in it."""
    with needs_extra("remote", "reading files from elsewhere"):
        import fsspec.core

        options: dict[str, Any] = {}
        if urlsplit(url).scheme in _STREAMED:
            import aiohttp

            # However long all of it takes, a server that is silent for two minutes is gone.
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=60, sock_read=120)
            options["client_kwargs"] = {"timeout": timeout}
        try:
            system, path = fsspec.core.url_to_fs(url, **options)
        except ModuleNotFoundError:
            raise
        except (ImportError, ValueError) as error:
            problem = f"files cannot be read from there ({error})"
            raise InputError(problem, "install what it names, or fetch the file and read that", file=url) from None
    return system, path


def _is_pattern(given: str) -> bool:
    return any(sign in given for sign in "*?[")


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _missing(given: str | Path) -> InputError:
    return InputError("there is no such file or folder", "see that the name is right", file=given)


def _unmatched(given: str | Path) -> InputError:
    return InputError("no file matches this pattern", "see that the pattern is right", file=given)


def _unreadable(error: Exception, name: str) -> InputError:
    said = (getattr(error, "strerror", None) or str(error)).split("\n")[0] or type(error).__name__
    return InputError(f"it cannot be read ({said})", "see that it is there and readable", file=name)
