"""JSON of catalogues of papers: Daily Papers, Semantic Scholar and OpenAlex."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, Field

from kg.corpus.fields import Date, Doi, Named, Optional, PlainAbstract, PlainTitle, listed, plain
from kg.corpus.format import Format
from kg.corpus.identity import identify
from kg.corpus.jsontext import parse
from kg.corpus.source import Head, Source, logger
from kg.schema import Paper


class _Object(BaseModel):
    title: PlainTitle
    abstract: PlainAbstract = ""
    url: Optional = None


def _paper(source: Source, known: _Object, *ids: str | None, **more: Any) -> Paper:
    id_, arxiv = identify(known.title, *ids, more.get("doi"), more.get("url", known.url))
    fields = {"abstract": known.abstract, "url": known.url} | more
    return Paper(id=id_, title=known.title, source=(source.label,), arxiv_id=arxiv, **fields)


# Daily Papers ---------------------------------------------------------------------------------------------------------


class _Daily(BaseModel):
    id: str
    title: PlainTitle
    summary: PlainAbstract = ""
    publishedAt: Date = None  # noqa: N815 - as the API calls it
    authors: list[Named] = []


class _DailyEntry(BaseModel):
    paper: _Daily


def _read_daily(source: Source) -> Iterator[Paper]:
    bare = "paper" not in (source.head.object or {})
    records = parse(source, _Daily if bare else _DailyEntry)
    for _, record in records:
        found = record.paper if isinstance(record, _DailyEntry) else record
        assert isinstance(found, _Daily)  # noqa: S101 - one of the two models
        known = _Object(title=found.title, abstract=found.summary, url=f"https://huggingface.co/papers/{found.id}")
        yield _paper(source, known, found.id, published=found.publishedAt, authors=listed(found.authors))


def _is_daily(head: Head) -> bool:
    known = head.object or {}
    paper = known.get("paper", known)
    return isinstance(paper, dict) and {"id", "title", "summary", "publishedAt"} <= paper.keys()


# Semantic Scholar -----------------------------------------------------------------------------------------------------


class _Subject(BaseModel):
    category: Optional = None


class _ScholarRecord(_Object):
    externalIds: dict[str, Any] | None = None  # noqa: N815 - as the API calls them
    year: Date = None
    publicationDate: Date = None  # noqa: N815
    authors: list[Named] | None = None
    fieldsOfStudy: list[str] | None = None  # noqa: N815
    s2FieldsOfStudy: list[_Subject] | None = None  # noqa: N815


class _ScholarLine(_Object):
    corpusid: int
    externalids: dict[str, Any] | None = None
    year: Date = None
    publicationdate: Date = None
    authors: list[Named] | None = None
    s2fieldsofstudy: list[_Subject] | None = None


class _ScholarAbstract(BaseModel):
    corpusid: int
    abstract: PlainAbstract = ""


def _external(ids: Mapping[str, Any] | None) -> tuple[str | None, str | None]:
    """The arXiv id and the DOI among the ids that other catalogues give a paper."""
    known = {name.casefold(): str(value) for name, value in (ids or {}).items() if value}
    return known.get("arxiv"), known.get("doi")


def _subjects(found: list[_Subject] | None) -> tuple[str, ...]:
    return listed([Named(name=subject.category) for subject in found or ()])


def _read_scholar(source: Source) -> Iterator[Paper]:
    for _, found in parse(source, _ScholarRecord):
        arxiv, doi = _external(found.externalIds)
        yield _paper(
            source,
            found,
            arxiv,
            doi=doi,
            published=found.publicationDate or found.year,
            authors=listed(found.authors or []),
            categories=tuple(found.fieldsOfStudy or ()) or _subjects(found.s2FieldsOfStudy),
        )


def _read_scholar_papers(source: Source) -> Iterator[Paper]:
    for _, found in parse(source, _ScholarLine):
        arxiv, doi = _external(found.externalids)
        yield _paper(
            source,
            found,
            arxiv,
            abstract=found.abstract or source.shelf.get(str(found.corpusid)) or "",
            doi=doi,
            published=found.publicationdate or found.year,
            authors=listed(found.authors or []),
            categories=_subjects(found.s2fieldsofstudy),
        )


def _read_scholar_abstracts(source: Source) -> Iterator[Paper]:
    number = 0
    for _, found in parse(source, _ScholarAbstract):
        number += bool(found.abstract)
        if found.abstract:
            source.shelf.put(str(found.corpusid), found.abstract)
    logger.info("%s: %d abstracts, for the papers of the same run", source.name, number)
    yield from ()


def _has_title(head: Head, *names: str) -> bool:
    known = head.object or {}
    return "title" in known and all(name in known for name in names)


# OpenAlex -------------------------------------------------------------------------------------------------------------


class _Display(BaseModel):
    display_name: Optional = None


class _Authorship(BaseModel):
    author: _Display | None = None


class _Location(BaseModel):
    landing_page_url: Optional = None


class _Work(_Object):
    title: PlainTitle = Field(validation_alias="display_name")
    id: str
    doi: Doi = None
    publication_date: Date = None
    publication_year: Date = None
    authorships: list[_Authorship] | None = None
    abstract_inverted_index: dict[str, list[int]] | None = None
    locations: list[_Location] | None = None
    primary_location: _Location | None = None
    topics: list[_Display] | None = None

    def words(self) -> str:
        """The abstract, of which the index says at which places each word stands."""
        index = self.abstract_inverted_index or {}
        return plain(
            " ".join(word for _, word in sorted((place, w) for w, places in index.items() for place in places))
        )


def _display(found: list[_Display]) -> tuple[str, ...]:
    return listed([Named(name=item.display_name) for item in found])


def _read_openalex(source: Source) -> Iterator[Paper]:
    for _, work in parse(source, _Work):
        pages = [p.landing_page_url for p in (work.primary_location, *(work.locations or ())) if p is not None]
        yield _paper(
            source,
            work,
            work.doi,
            *pages,
            abstract=work.words(),
            doi=work.doi,
            url=next(filter(None, pages), work.id),
            published=work.publication_date or work.publication_year,
            authors=_display([a.author for a in work.authorships or () if a.author]),
            categories=_display(work.topics or []),
        )


def _is_openalex(head: Head) -> bool:
    return str((head.object or {}).get("id", "")).startswith("https://openalex.org/W")


DAILY_PAPERS_API = Format("daily_papers_api", "an answer of the Daily Papers API", _is_daily, _read_daily)
SEMANTIC_SCHOLAR = Format(
    "semantic_scholar",
    "an answer of Semantic Scholar's API",
    lambda head: _has_title(head, "paperId"),
    _read_scholar,
)
SEMANTIC_SCHOLAR_PAPERS = Format(
    "semantic_scholar_papers",
    "Semantic Scholar's data set of papers",
    lambda head: _has_title(head, "corpusid"),
    _read_scholar_papers,
    late=True,
)
SEMANTIC_SCHOLAR_ABSTRACTS = Format(
    "semantic_scholar_abstracts",
    "Semantic Scholar's data set of abstracts",
    lambda head: {"corpusid", "abstract"} <= (head.object or {}).keys(),
    _read_scholar_abstracts,
)
OPENALEX = Format("openalex", "works of OpenAlex", _is_openalex, _read_openalex)
