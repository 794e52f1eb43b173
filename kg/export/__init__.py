"""Graphs as files: one module a format, each fed row by row from a graph or a store."""

from __future__ import annotations

import secrets
import shutil
from fnmatch import fnmatch
from pathlib import Path

from kg.errors import InputError, KgError
from kg.export import csvpair, cytoscape, gexf, graphml, jsonld, neo4j_admin, nodelink, parquet, turtle
from kg.export.registry import Format
from kg.export.source import GraphLike, GraphSource, StoreLike, as_source

__all__ = ["FORMATS", "Format", "GraphSource", "export", "format_of"]

FORMATS: dict[str, Format] = {
    form.name: form
    for form in (
        graphml.FORMAT,
        gexf.FORMAT,
        nodelink.FORMAT,
        cytoscape.FORMAT,
        csvpair.FORMAT,
        csvpair.ZIPPED,
        turtle.FORMAT,
        jsonld.FORMAT,
        parquet.FORMAT,
        neo4j_admin.FORMAT,
    )
}
"""Every format by name."""


def export(source: GraphSource | GraphLike | StoreLike, path: str | Path, format: str | None = None) -> Path:
    """Writes a graph to a file or a folder, all of it or nothing.

    Args:
        source: a graph, a store, or any source of nodes and edges (``kg.export.source.GraphSource``).
        path: where to write; a file there is replaced, and so is a folder that an export in the same format wrote.
        format: a name of ``FORMATS``; by default the suffix of ``path`` says it.

    Returns:
        The path written.

    Raises:
        InputError: an unknown format or suffix, a folder that does not exist or that holds other files.
        KgError: the graph does not fit the schema, or the file cannot be written.
    """
    target = Path(path)
    chosen = format_of(target, format)
    if not target.parent.is_dir():
        raise InputError(f"the folder {target.parent} does not exist", "create it or write elsewhere", file=target)
    _refuse_foreign(target, chosen)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        if chosen.folder:
            draft.mkdir()
        chosen.write(as_source(source), draft)
        _replace(target, draft)
    except UnicodeEncodeError as error:
        raise KgError(
            f"{target}: a text in the graph has half of a surrogate pair, which no file in UTF-8 can hold: "
            f"{error.object[max(0, error.start - 20) : error.end + 20]!r}"
        ) from error
    except OSError as error:
        raise KgError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)
    return target


def format_of(path: Path, name: str | None = None) -> Format:
    """The format of this name, or of the path's suffix.

    Raises:
        InputError: there is none; the message lists those that there are.
    """
    if name is not None:
        try:
            return FORMATS[name.lower()]
        except KeyError:
            raise InputError(f"there is no format {name!r}", f"choose one of {', '.join(sorted(FORMATS))}") from None
    lowered = path.name.lower()
    found = [(len(suffix), form) for form in FORMATS.values() for suffix in form.suffixes if lowered.endswith(suffix)]
    if not found:
        known = ", ".join(f"{suffix} ({form.name})" for form in FORMATS.values() for suffix in form.suffixes)
        raise InputError(
            f"no format is known by the suffix {path.suffix!r}", f"use one of {known}, or name the format", file=path
        )
    return max(found, key=lambda pair: pair[0])[1]


def _refuse_foreign(target: Path, form: Format) -> None:
    """Refuses a target that is there and that is not an earlier export, before anything is written."""
    if not form.folder:
        if target.is_dir():
            raise InputError(f"this is a folder, and {form.name} is a file", "give the path of a file", file=target)
        return
    if target.exists() and not target.is_dir():
        raise InputError(f"this is a file, and {form.name} is a folder", "give the path of a folder", file=target)
    for found in target.rglob("*"):
        inside = found.relative_to(target).as_posix()
        if not found.is_dir() and not any(fnmatch(inside, pattern) for pattern in form.folder):
            raise InputError(
                f"the folder holds {inside}, which no export in {form.name} wrote",
                "write to a new folder or remove that file",
                file=target,
            )


def _replace(target: Path, draft: Path) -> None:
    """Puts the draft in the place of the target; a folder is moved aside first, since it cannot be replaced at once."""
    if not draft.is_dir() or not target.exists():
        draft.replace(target)
        return
    aside = draft.with_suffix(".old")
    target.replace(aside)
    draft.replace(target)
    shutil.rmtree(aside)
