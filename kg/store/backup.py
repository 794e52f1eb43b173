"""One archive of a graph and of the records that it was derived from, with a checksum of each."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from kg.errors import InputError, KgError
from kg.journal import Journal
from kg.store.ladybug import LadybugStore

_NAMES = (".registry.yaml", ".decisions.yaml")
_JOURNAL = (".records", ".records-wal", ".records-shm", ".records-journal")
_SUFFIXES = (".records", *_NAMES, "", ".derived")
"""The files of a graph, by what follows its name: the journal, the user's registry and decisions, the graph, and the
mark of what it was derived from.

They are put in place in this order, as a graph without the right mark is derived again from its journal.
"""
_MANIFEST = "manifest.json"
_FORMAT = 1
_DATE = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, EOFError, NotImplementedError,
    RuntimeError,
)  # fmt: skip
"""What reading a damaged archive raises."""


def backup(graph: str | Path, archive: str | Path) -> Path:
    """Writes the graph and its records to one archive, which takes its name only when it is complete.

    Builds wait or are refused meanwhile; reading goes on. The same graph gives the same bytes.

    Returns:
        The archive's path.

    Raises:
        InputError: there is no graph, it is damaged, or the archive cannot be written.
        KgError: a build is running.
    """
    path, made = Path(graph), Path(archive)
    LadybugStore(path, read_only=True).close()
    with (
        _no_build(path),
        _clear_errors(made),
        tempfile.TemporaryDirectory(prefix=f".{made.name}.", dir=made.parent) as t,
    ):
        files = {}
        for suffix in _SUFFIXES:
            source = Path(f"{path}{suffix}")
            if source.exists():
                files[f"graph{suffix}"] = _journal_copy(source, Path(t)) if suffix == ".records" else source
        written = Path(t) / "archive"
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as zipped:
            sums = {name: _add(zipped, name, file) for name, file in sorted(files.items())}
            manifest = json.dumps({"format": _FORMAT, "sha256": sums}, indent=1)
            zipped.writestr(zipfile.ZipInfo(_MANIFEST, _DATE), manifest)
        written.replace(made)
    return made


def restore(archive: str | Path, graph: str | Path, replace: bool = False) -> Path:
    """Puts the graph of an archive at ``graph``, once every file in it has proved whole.

    Args:
        archive: what ``backup`` wrote.
        graph: the graph's file; its records go beside it.
        replace: overwrite a graph or records that are there.

    Returns:
        The graph's path.

    Raises:
        InputError: the archive is missing, damaged or of another version, or a graph is there already; nothing changes.
        KgError: a build of the graph to be replaced is running.
    """
    source, path = Path(archive), Path(graph)
    there = [Path(f"{path}{suffix}") for suffix in _SUFFIXES if Path(f"{path}{suffix}").exists()]
    if there and not replace:
        raise InputError("there is a graph already", "name another file, or say that it may be replaced", file=there[0])
    with _clear_errors(path), tempfile.TemporaryDirectory(prefix=f".{path.name}.restore.", dir=path.parent) as t:
        _extract(source, Path(t))
        with _no_build(path):
            # First the mark: if this is cut off, the graph is derived again from whichever journal is there.
            for old in (".derived", ".index", ".names", *_NAMES, *_JOURNAL):
                Path(f"{path}{old}").unlink(missing_ok=True)
            for suffix in _SUFFIXES:
                restored = Path(t) / f"graph{suffix}"
                if restored.exists():
                    restored.replace(f"{path}{suffix}")
    return path


def _extract(source: Path, folder: Path) -> None:
    """Unpacks the archive and holds every file against its checksum."""
    cure = "take another backup"
    try:
        with zipfile.ZipFile(source) as zipped:
            manifest = json.loads(zipped.read(_MANIFEST))
            if manifest["format"] != _FORMAT:
                newer = "restore it with the version of this tool that wrote it"
                raise InputError(f"the backup has format {manifest['format']}", newer, file=source)
            allowed = {f"graph{suffix}" for suffix in _SUFFIXES}
            sums = {name: str(value) for name, value in manifest["sha256"].items() if name in allowed}
            for name, expected in sums.items():
                with zipped.open(name) as packed, (folder / name).open("wb") as unpacked:
                    if _copy(packed, unpacked) != expected:
                        raise InputError(f"the backup is damaged: {name} has another checksum", cure, file=source)
    except FileNotFoundError as error:
        raise InputError("there is no backup", "name a file that kg backup wrote", file=source) from error
    except _DAMAGE as error:
        raise InputError(f"the file is no backup or is damaged ({error})", cure, file=source) from error
    if "graph" not in sums:
        raise InputError("the backup holds no graph", cure, file=source)


@contextmanager
def _no_build(path: Path) -> Iterator[None]:
    """Keeps builds away, where there is a journal to build from."""
    journal = Path(f"{path}.records")
    if not journal.exists():
        yield
        return
    with Journal(journal, create=False) as opened, opened.lock():
        yield


@contextmanager
def _clear_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        problem = f"cannot be written ({error.strerror or error})"
        raise InputError(problem, "name a file in a folder that can be written", file=file) from error


def _journal_copy(journal: Path, folder: Path) -> Path:
    """A copy in one file, with what SQLite still keeps beside the journal."""
    copy = folder / "records"
    try:
        with closing(sqlite3.connect(journal)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise KgError(f"{journal}: the records cannot be read: {error}") from error
    return copy


def _add(zipped: zipfile.ZipFile, name: str, file: Path) -> str:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    with file.open("rb") as source, zipped.open(info, "w", force_zip64=True) as target:
        return _copy(source, target)


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    """Copies all bytes and returns their SHA-256."""
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()
