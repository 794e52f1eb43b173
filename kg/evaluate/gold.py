"""Annotated papers, as the annotation guidelines define them."""

from __future__ import annotations

import re
from typing import Literal

from kg.schema import EntityType, Paper, RelationType, Role

AnnotatedResult = tuple[str, str, str, str, Literal["absolute", "relative"], str]
"""Subject, benchmark, metric, value, kind and baseline; "" for what is not stated."""

MentionSpan = tuple[int, int, EntityType]


class AnnotatedPaper(Paper):
    """A paper with its annotations: every name is a canonical one of ``entities``."""

    entities: tuple[tuple[str, EntityType, str, Role], ...] = ()
    """Surface, type, canonical name, role."""
    relations: tuple[tuple[str, RelationType, str], ...] = ()
    results: tuple[AnnotatedResult, ...] = ()

    def mention_spans(self) -> set[MentionSpan]:
        """All occurrences of the annotated surfaces as whole words, longest first, never overlapping."""
        taken = [False] * len(self.text)
        spans: set[MentionSpan] = set()
        for surface, type_, _, _ in sorted(self.entities, key=lambda entity: -len(entity[0])):
            for match in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(surface)}(?![A-Za-z0-9])", self.text):
                start, end = match.span()
                if not any(taken[start:end]):
                    taken[start:end] = [True] * (end - start)
                    spans.add((start, end, type_))
        return spans
