"""What arXiv gives: the metadata snapshot, the answers of its API, and what it says over OAI-PMH."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ValidationError

from kg.corpus.fields import Categories, Date, Doi, Names, Optional, PlainAbstract, PlainTitle, plain
from kg.corpus.format import Format
from kg.corpus.identity import arxiv_id, identify
from kg.corpus.jsontext import parse, problem_of
from kg.corpus.source import Head, Source
from kg.corpus.xmltext import elements, text
from kg.schema import Paper

if TYPE_CHECKING:
    from lxml.etree import _Element

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV_ATOM = "{http://arxiv.org/schemas/atom}"
_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_ARXIV_OAI = "{http://arxiv.org/OAI/arXiv/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CURE = "fetch the record again"


def _mail_date(value: object) -> object:
    """``Mon, 2 Apr 2007 19:18:42 GMT`` as an ISO date."""
    if not isinstance(value, str) or "," not in value:
        return value
    try:
        return parsedate_to_datetime(value).date().isoformat()
    except (TypeError, OverflowError):
        raise ValueError("this is no date") from None


class _Fields(BaseModel):
    """The fields of a paper that any of these formats fills."""

    title: PlainTitle
    abstract: PlainAbstract = ""
    ids: tuple[str, ...] = ()
    doi: Doi = None
    url: Optional = None
    published: Date = None
    authors: Names = ()
    categories: Categories = ()

    def paper(self, label: str) -> Paper:
        id_, arxiv = identify(self.title, *self.ids, self.doi, self.url)
        url = self.url or (arxiv and f"https://arxiv.org/abs/{arxiv}")
        known = self.model_dump(exclude={"ids", "url"})
        return Paper(id=id_, arxiv_id=arxiv, source=(label,), url=url, **known)


def _checked(source: Source, line: int, **values: object) -> Iterator[Paper]:
    """The paper with these fields; none if they are broken, which is reported."""
    try:
        fields = _Fields.model_validate(values)
    except ValidationError as error:
        source.broken(problem_of(error), _CURE, line)
    else:
        yield fields.paper(source.label)


# The metadata snapshot ------------------------------------------------------------------------------------------------


class _Version(BaseModel):
    created: Annotated[Date, BeforeValidator(_mail_date)] = None


class _Line(BaseModel):
    id: str
    title: PlainTitle
    abstract: PlainAbstract = ""
    authors: Optional = None
    authors_parsed: list[list[str]] = []
    categories: Categories = ()
    doi: Doi = None
    update_date: Date = None
    versions: list[_Version] = []


def _read_snapshot(source: Source) -> Iterator[Paper]:
    for number, line in parse(source, _Line):
        # Each author is family name, given names, suffix, and then affiliations.
        authors = [plain(" ".join([*name[1:2], *name[:1], *name[2:3]])) for name in line.authors_parsed]
        published = (line.versions[0].created if line.versions else None) or line.update_date
        yield from _checked(
            source,
            number,
            ids=(line.id,),
            published=published,
            authors=authors or line.authors,
            **{name: getattr(line, name) for name in ("title", "abstract", "doi", "categories")},
        )


def _is_snapshot(head: Head) -> bool:
    known = head.object or {}
    return "title" in known and ("authors_parsed" in known or {"versions", "update_date"} <= known.keys())


# The API --------------------------------------------------------------------------------------------------------------


def _read_atom(source: Source) -> Iterator[Paper]:
    for line, entry in elements(source, f"{_ATOM}entry"):
        id_ = _of(entry, f"{_ATOM}id")
        if "/api/errors" in id_:
            problem = plain(_of(entry, f"{_ATOM}summary"))
            source.broken(f"arXiv answered with an error: {problem}", "correct the request", line)
            continue
        links = {link.get("rel"): link.get("href") for link in entry.iterfind(f"{_ATOM}link") if not link.get("title")}
        yield from _checked(
            source,
            line,
            title=_of(entry, f"{_ATOM}title"),
            abstract=_of(entry, f"{_ATOM}summary"),
            ids=(id_,),
            doi=_of(entry, f"{_ARXIV_ATOM}doi"),
            url=None if arxiv_id(id_) else links.get("alternate"),
            published=_of(entry, f"{_ATOM}published"),
            authors=[plain(text(name)) for name in entry.iterfind(f"{_ATOM}author/{_ATOM}name")],
            categories=[category.get("term") for category in entry.iterfind(f"{_ATOM}category")],
        )


def _of(element: _Element, path: str) -> str:
    return text(element.find(path)).strip()


# OAI-PMH --------------------------------------------------------------------------------------------------------------


def _read_oai(source: Source) -> Iterator[Paper]:
    for line, element in elements(source, f"{_OAI}record", f"{_OAI}error"):
        if element.tag == f"{_OAI}error":
            if element.get("code") != "noRecordsMatch":
                source.broken(f"the server answered with an error: {plain(text(element))}", "ask again", line)
            continue
        header = element.find(f"{_OAI}header")
        metadata = element.find(f"{_OAI}metadata")
        if metadata is None or (header is not None and header.get("status") == "deleted"):
            continue
        id_ = "" if header is None else _of(header, f"{_OAI}identifier")
        described = metadata.find(f"{_ARXIV_OAI}arXiv")
        known = _dublin_core(metadata) if described is None else _arxiv_metadata(described)
        known["ids"] = (*known.get("ids", ()), id_)  # type: ignore[misc]
        yield from _checked(source, line, **known)


def _arxiv_metadata(described: _Element) -> dict[str, object]:
    parts = ("forenames", "keyname", "suffix")
    return {
        "title": _of(described, f"{_ARXIV_OAI}title"),
        "abstract": _of(described, f"{_ARXIV_OAI}abstract"),
        "ids": (_of(described, f"{_ARXIV_OAI}id"),),
        "doi": _of(described, f"{_ARXIV_OAI}doi"),
        "published": _of(described, f"{_ARXIV_OAI}created"),
        "authors": [
            plain(" ".join(_of(author, f"{_ARXIV_OAI}{part}") for part in parts))
            for author in described.iterfind(f"{_ARXIV_OAI}authors/{_ARXIV_OAI}author")
        ],
        "categories": _of(described, f"{_ARXIV_OAI}categories"),
    }


def _dublin_core(metadata: _Element) -> dict[str, object]:
    def every(name: str) -> list[str]:
        return [plain(text(element)) for element in metadata.iter(f"{_DC}{name}")]

    # A comment on the paper ("Comment: 12 pages") follows the abstract as a description of its own.
    descriptions = [d for d in every("description") if not d.startswith("Comment:")]
    named = every("identifier")
    dois = [name for name in named if name.startswith(("doi:", "https://doi.org/", "http://dx.doi.org/", "10."))]
    dates = sorted(every("date"))
    urls = [name for name in named if name.startswith(("https://", "http://")) and name not in dois]
    return {
        "title": next(iter(every("title")), ""),
        "abstract": max(descriptions, key=len, default=""),
        "ids": tuple(named),
        "doi": next(iter(dois), None),
        "url": None if any(map(arxiv_id, named)) else next(iter(urls), None),
        "published": dates[0] if dates else None,
        "authors": [_turned(name) for name in every("creator")],
        "categories": every("subject"),
    }


def _turned(name: str) -> str:
    """``Family, Given`` as ``Given Family``."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma else name


def _is_xml(head: Head, *marks: str) -> bool:
    return head.text.lstrip().startswith("<") and all(mark in head.text for mark in marks)


SNAPSHOT = Format("arxiv_snapshot", "arXiv's metadata snapshot", _is_snapshot, _read_snapshot)
ATOM = Format(
    "arxiv_atom",
    "an answer of arXiv's API",
    lambda head: _is_xml(head, "http://www.w3.org/2005/Atom", "<feed", "arxiv.org"),
    _read_atom,
)
OAI_PMH = Format("oai_pmh", "records of OAI-PMH", lambda head: _is_xml(head, _OAI[1:-1]), _read_oai)
