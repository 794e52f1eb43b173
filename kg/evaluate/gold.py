"""Annotated papers, as the annotation guidelines define them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Literal

from kg.corpus.annotations import occurrences
from kg.corpus.find import find
from kg.corpus.jsontext import parse
from kg.corpus.source import Source
from kg.schema import EntityType, Paper, RelationType, Role

AnnotatedResult = tuple[str, str, str, str, Literal["absolute", "relative"], str]
"""Subject, benchmark, metric, value, kind and baseline; "" for what is not stated."""

MentionSpan = tuple[int, int, EntityType]


class AnnotatedPaper(Paper):
    """A paper with its annotations as they were written: every name is a canonical one of ``entities``.

    The scores need the surfaces and the canonical names, of which ``kg.corpus.read_papers`` keeps only what a record
    has a place for.
    """

    entities: tuple[tuple[str, EntityType, str, Role], ...]
    """Surface, type, canonical name, role."""
    relations: tuple[tuple[str, RelationType, str], ...] = ()
    results: tuple[AnnotatedResult, ...] = ()

    @property
    def paper(self) -> Paper:
        """The paper alone."""
        return Paper.model_validate(self.model_dump())

    @cached_property
    def mention_spans(self) -> set[MentionSpan]:
        """Where the annotated surfaces stand in the text."""
        types = {surface: type_ for surface, type_, _, _ in self.entities}
        return {(start, end, types[surface]) for start, end, surface in occurrences(self.text, types)}


def read_gold(path: str | Path) -> Iterator[AnnotatedPaper]:
    """The annotated papers of a file, a folder or a pattern, or of standard input (``-``).

    Raises:
        InputError: a file is missing or a line is no annotated paper; the message names file and line.
    """
    for file in find([path]):
        with file.open(None) as stream:
            for _, paper in parse(Source(file.name, file.label, stream), AnnotatedPaper):
                yield paper
