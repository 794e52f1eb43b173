"""Records of which the names say what is what: the fields of a paper as columns, under usual names or the user's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pydantic import AliasChoices, BaseModel, Field, ValidationError

from kg.corpus.fields import Abstract, Categories, Date, Doi, Names, Optional, Title
from kg.corpus.identity import identify
from kg.corpus.jsontext import problem_of
from kg.corpus.source import Source
from kg.errors import InputError
from kg.schema import Paper

USUAL: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "abstract": ("abstract", "summary"),
    "id": ("id", "paper_id"),
    "arxiv_id": ("arxiv_id", "arxiv"),
    "doi": ("doi",),
    "url": ("url", "link"),
    "published": ("published", "date", "publication_date", "published_at", "year"),
    "authors": ("authors", "author"),
    "categories": ("categories", "category", "keywords"),
}
"""The names under which each field of a paper is found, the first one that is there."""


class Row(BaseModel):
    """What is known of a paper, by column."""

    title: Title
    abstract: Abstract = ""
    id: str | int | float | None = None
    arxiv_id: Optional = None
    doi: Doi = None
    url: Optional = None
    published: Date = Field(None, validation_alias=AliasChoices(*USUAL["published"]))
    authors: Names = Field((), validation_alias=AliasChoices(*USUAL["authors"]))
    categories: Categories = Field((), validation_alias=AliasChoices(*USUAL["categories"]))

    def paper(self, label: str) -> Paper:
        """The paper of this row, read from the file ``label``."""
        known = None if isinstance(self.id, float) else self.id
        id_, arxiv = identify(self.title, self.arxiv_id, known, self.doi, self.url)
        return Paper(
            id=id_,
            title=self.title,
            abstract=self.abstract,
            source=(label,),
            arxiv_id=arxiv,
            doi=self.doi,
            url=self.url,
            published=self.published,
            authors=self.authors,
            categories=self.categories,
        )


def check_columns(columns: Mapping[str, str]) -> None:
    """Refuses fields that a paper does not have.

    Raises:
        InputError: there is one.
    """
    for field in columns:
        if field not in USUAL:
            raise InputError(f"a paper has no field {field!r}", f"name columns for {', '.join(USUAL)}")


def find_columns(names: Iterable[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Which column holds each field: the one that the user names, else one with a usual name in any case.

    Args:
        names: the columns that there are.
        columns: the user's names, by field.

    Returns:
        Column names by field; empty where there is no title, or where a column that the user names is missing.
    """
    there = list(names)
    if any(column not in there for column in columns.values()):
        return {}
    known = {re.sub(r"\W+", "_", name.strip().casefold()): name for name in reversed(there)}
    found = {
        field: known[usual]
        for field, options in USUAL.items()
        if (usual := next((option for option in options if option in known), None))
    }
    found |= columns
    return found if "title" in found else {}


def read_row(source: Source, values: Mapping[str, object], number: int, cure: str) -> Paper | None:
    """The paper of a row, or None for one that is broken, which is reported.

    Args:
        source: where it stands.
        values: by field.
        number: its line, or its number.
        cure: what to do if it is broken.
    """
    try:
        return Row.model_validate(values).paper(source.label)
    except ValidationError as error:
        source.broken(problem_of(error), cure, number)
        return None
