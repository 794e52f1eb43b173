"""What formats have in common: how titles, dates, names and lists of other programs become those of a paper."""

from __future__ import annotations

import html
import math
import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, StringConstraints

_MARKUP = re.compile(
    r"</?(?:i|b|u|em|strong|su[bp]|tt|sc|sc?p|small|p|br|span|title|sec|jats:[\w-]+|mml:\w+|"
    r"math|semantics|m(?:i|o|n|row|text|su[bp]|subsup|frac|sqrt|over|under|style|space|table|tr|td))(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ANNOTATION = re.compile(r"<(?:mml:)?annotation\b[^<>]*>[^<>]*</(?:mml:)?annotation>", re.IGNORECASE)
_PARTIAL_DATE = re.compile(r"[12]\d{3}(?:-(?:0[1-9]|1[0-2]))?")
_NOT_A_NAME = frozenset({"and", "others", "et al."})


def plain(text: str) -> str:
    """Text as a person reads it: entities resolved, HTML and MathML tags gone, one space between words.

    LaTeX stays, and so does a ``<`` that begins no tag.
    """
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _MARKUP.sub("", _ANNOTATION.sub("", text))
    return " ".join(text.split())


def _nothing(value: Any) -> Any:
    """None for the ways in which tables say that a cell is empty."""
    if isinstance(value, float) and math.isnan(value):
        return None
    return None if isinstance(value, str) and not value.strip() else value


def _text(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else value


def iso_date(value: Any) -> Any:
    """An ISO date of a date, a time or a year; one of which only year or month is known stays as short as that.

    Raises:
        ValueError: a text that is no date.
    """
    value = _nothing(value)
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool) and 1000 <= value < 3000 and value == int(value):
        return str(int(value))
    if isinstance(value, str) and not _PARTIAL_DATE.fullmatch(value.strip()):
        return datetime.fromisoformat(value.strip()).date().isoformat()
    return value.strip() if isinstance(value, str) else value


def names(value: Any) -> Any:
    """Names from a list, a list of objects with ``name``, or one text with ``;``, ``,`` or ``and`` between them."""
    value = _nothing(value)
    if value is None:
        return ()
    if isinstance(value, str):
        parts = value.split(";") if ";" in value else re.split(r",|\s+and\s+", value)
        value = [re.sub(r"^and\s+", "", part.strip()) for part in parts]
    if isinstance(value, list | tuple):
        found = (item.get("name") if isinstance(item, dict) else item for item in value)
        stripped = (name.strip() if isinstance(name, str) else name for name in found if name is not None)
        return tuple(name for name in stripped if not (isinstance(name, str) and name in _NOT_A_NAME))
    return value


def _categories(value: Any) -> Any:
    value = _nothing(value)
    if isinstance(value, str):  # `cs.CL cs.LG` as arXiv writes them, or with marks between them
        value = re.split(r"\s*[;,]\s*" if re.search(r"[;,]", value) else r"\s+", value.strip())
    return names(value)


def doi(value: Any) -> Any:
    """A DOI without the address of a resolver."""
    value = _nothing(value)
    return re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", value.strip(), flags=re.I) if value else value


def _known(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _without_nul(text: str) -> str:
    # It ends a string in databases and is allowed in no XML: where it stands, the encoding is wrong.
    if "\0" in text:
        raise ValueError("a NUL character stands in it")
    return text


_String = Annotated[str, AfterValidator(_without_nul)]
Title = Annotated[_String, StringConstraints(pattern=r"\S")]
"""A title that is not blank, as it is written."""
PlainTitle = Annotated[_String, AfterValidator(plain), StringConstraints(pattern=r"\S")]
"""A title that is not blank, without markup."""
Abstract = Annotated[_String, BeforeValidator(_text)]
"""An abstract as it is written; "" where there is none."""
PlainAbstract = Annotated[_String, BeforeValidator(_text), AfterValidator(plain)]
"""An abstract without markup; "" where there is none."""
Optional = Annotated[_String | None, BeforeValidator(_nothing)]
Date = Annotated[_String | None, BeforeValidator(iso_date)]
Doi = Annotated[_String | None, BeforeValidator(doi)]
Names = Annotated[tuple[_String, ...], BeforeValidator(names), AfterValidator(_known)]
Categories = Annotated[tuple[_String, ...], BeforeValidator(_categories), AfterValidator(_known)]


class Named(BaseModel):
    """An object of which the name alone matters: an author, a subject."""

    name: Optional = None


def listed(items: list[Named] | tuple[Named, ...]) -> tuple[str, ...]:
    """The names of objects, each once."""
    return _known(tuple(plain(item.name or "") for item in items))
