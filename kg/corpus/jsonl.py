"""JSON lines of papers: one object a line with ``title``, ``abstract`` and what else is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, StringConstraints, ValidationError

from kg.corpus.format import Format
from kg.corpus.identity import arxiv_id, paper_id
from kg.corpus.source import Head, Source
from kg.schema import Paper

_Model = TypeVar("_Model", bound=BaseModel)
_CURE = "write one JSON object a line with at least a title and an abstract"

Title = Annotated[str, StringConstraints(pattern=r"\S")]
"""A title that is not blank."""


def _text(value: object) -> object:
    return "" if value is None else value


def _date(value: object) -> object:
    if value in (None, ""):
        return None
    return datetime.fromisoformat(value).date().isoformat() if isinstance(value, str) else value


def _names(value: object) -> object:
    if value is None:
        return ()
    return tuple(name for name in re.split(r"\s*,\s*|\s+and\s+", value) if name) if isinstance(value, str) else value


class _Line(BaseModel):
    title: Title
    abstract: Annotated[str, BeforeValidator(_text)] = ""
    id: str | int | None = None
    arxiv_id: str | None = None
    published: Annotated[str | None, BeforeValidator(_date)] = None
    date: Annotated[str | None, BeforeValidator(_date)] = None
    doi: str | None = None
    url: str | None = None
    authors: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()


def parse(source: Source, model: type[_Model]) -> Iterator[tuple[int, _Model]]:
    """The objects of an input of JSON lines, with the numbers of their lines; blank lines are left out.

    Raises:
        InputError: a line that is no JSON or no ``model``.
    """
    for number, line in source.lines():
        if not line.strip():
            continue
        try:
            yield number, model.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            problem = first["msg"] if first["type"] == "json_invalid" else f"{where or 'the line'}: {first['msg']}"
            raise source.error(problem, _CURE, number) from None


def identity(given: str | int | None, title: str) -> tuple[str, str | None]:
    """The id of a paper and its arXiv id: the given id if it is one of arXiv, otherwise an id made from the title."""
    arxiv = arxiv_id(str(given)) if given is not None else None
    return arxiv or paper_id(title), arxiv


def _recognises(head: Head) -> bool:
    return head.lines[0].startswith("{")


def _read(source: Source) -> Iterator[Paper]:
    for _, line in parse(source, _Line):
        id_, arxiv = identity(line.arxiv_id or line.id, line.title)
        yield Paper(
            id=id_,
            title=line.title,
            abstract=line.abstract,
            source=(source.label,),
            arxiv_id=arxiv,
            doi=line.doi or None,
            url=line.url or None,
            published=line.published or line.date,
            authors=line.authors,
        )


FORMAT = Format("jsonl", "JSON lines of papers", _recognises, _read)
