"""Annotated papers: JSON lines in which an entity is a list of surface, type, canonical name and role.

An annotation names surfaces and values; a record has offsets and evidence, which are looked up in the text here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import BaseModel

from kg.corpus.fields import Abstract, Title
from kg.corpus.format import Format
from kg.corpus.identity import identify
from kg.corpus.jsontext import parse
from kg.corpus.records import fault
from kg.corpus.source import Head, Source
from kg.schema import Entity, EntityType, Mention, Record, Relation, RelationType, Result, Role, bounded_id
from kg.sentences import split_sentences

_Span = tuple[int, int]


class _Line(BaseModel):
    id: str
    title: Title
    abstract: Abstract = ""
    entities: list[tuple[str, EntityType, str, Role]]
    relations: list[tuple[str, RelationType, str]] = []
    results: list[tuple[str, str, str, str, Literal["absolute", "relative"], str]] = []


class _AnnotationError(ValueError):
    """What is wrong with an annotation."""


def occurrences(text: str, surfaces: Iterable[str]) -> list[tuple[int, int, str]]:
    """Every place where a surface stands as a whole word: start, end, surface, by position.

    The longest surface goes first and nothing overlaps, so that a name within a longer name is not found.
    """
    taken = bytearray(len(text))
    found = []
    for surface in sorted(set(surfaces), key=lambda surface: (-len(surface), surface)):
        for match in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(surface)}(?![A-Za-z0-9])", text):
            start, end = match.span()
            if start < end and not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append((start, end, surface))
    return sorted(found)


def entity_id(kind: EntityType, canonical: str) -> str:
    """The id of an annotated entity: the same for one type and name, whatever the case, in all papers."""
    return bounded_id(f"{kind.lower()}:{'-'.join(canonical.casefold().split())}")


class _Annotated:
    """One annotation on its way to a record."""

    def __init__(self, line: _Line) -> None:
        self._line = line
        self._text = f"{line.title}\n{line.abstract}"
        self._sentences = split_sentences(self._text, len(line.title))
        self._entities: dict[str, Entity] = {}
        self._id_of: dict[str, str] = {}
        of_surface: dict[str, tuple[EntityType, str]] = {}
        for surface, kind, canonical, role in line.entities:
            id_ = entity_id(kind, canonical)
            self._entities.setdefault(id_, Entity(id=id_, name=canonical, type=kind, role=role))
            self._id_of.setdefault(canonical, id_)
            if of_surface.setdefault(surface, (kind, id_)) != (kind, id_):
                raise _AnnotationError(f"the surface {surface!r} is annotated as two things")
        self._mentions = [
            Mention(start=start, end=end, text=surface, type=of_surface[surface][0], entity=of_surface[surface][1])
            for start, end, surface in occurrences(self._text, of_surface)
        ]
        for surface in sorted(of_surface.keys() - {mention.text for mention in self._mentions}):
            if not occurrences(self._text, (surface,)):
                raise _AnnotationError(f"the surface {surface!r} does not stand in the text")

    def _entity(self, canonical: str) -> str:
        try:
            return self._id_of[canonical]
        except KeyError:
            raise _AnnotationError(f"{canonical!r} is the canonical name of no entity") from None

    def _metric(self, name: str) -> str:
        # A metric that is implied ("2.5x faster") has no surface, so that nothing but its name is known.
        id_ = entity_id(EntityType.METRIC, name)
        self._entities.setdefault(id_, Entity(id=id_, name=name, type=EntityType.METRIC, role=Role.REPORTED))
        return id_

    def _within(self, sentence: _Span) -> set[str]:
        return {m.entity for m in self._mentions if sentence[0] <= m.start < sentence[1]}

    def _relation(self, subject: str, kind: RelationType, object_: str) -> Relation:
        ends = self._entity(subject), self._entity(object_)
        # A sentence that names both ends is taken to state the relation; the object is the rarer word of the two.
        best = max(self._sentences, key=lambda s: (len(self._within(s) & set(ends)), ends[1] in self._within(s)))
        stated = set(ends) <= self._within(best)
        return Relation(subject=ends[0], type=kind, object=ends[1], evidence=best, inferred=not stated)

    def _result(self, row: tuple[str, str, str, str, Literal["absolute", "relative"], str]) -> Result:
        subject, benchmark, metric, value, kind, baseline = row
        subject_id = self._entity(subject) if subject else None
        benchmark_id = self._entity(benchmark) if benchmark else None
        metric_id = self._metric(metric) if metric else None
        baseline_id = self._entity(baseline) if baseline else None
        ends = {subject_id, benchmark_id, metric_id, baseline_id}
        stating = [s for s in self._sentences if value in self._text[s[0] : s[1]]]
        if not stating:
            if value not in self._text:
                raise _AnnotationError(f"the value {value!r} does not stand in the text")
            start = self._text.index(value)
            stating = [(start, start + len(value))]
        evidence = max(stating, key=lambda s: len(self._within(s) & ends))
        return Result(
            subject=subject_id,
            benchmark=benchmark_id,
            metric=metric_id,
            baseline=baseline_id,
            value=value,
            kind=kind,
            evidence=evidence,
        )

    def record(self, label: str) -> Record:
        line = self._line
        relations = tuple(self._relation(*row) for row in line.relations)
        results = tuple(self._result(row) for row in line.results)
        id_, arxiv = identify(line.title, line.id)
        return Record(
            id=id_,
            title=line.title,
            abstract=line.abstract,
            source=(label,),
            arxiv_id=arxiv,
            mentions=tuple(self._mentions),
            entities=tuple(self._entities.values()),
            relations=relations,
            results=results,
        )


def _recognises(head: Head) -> bool:
    return head.object is not None and "entities" in head.object and "mentions" not in head.object


def _read(source: Source) -> Iterator[Record]:
    for number, line in parse(source, _Line):
        try:
            record = _Annotated(line).record(source.label)
            problem = fault(record)
        except _AnnotationError as found:
            problem = str(found)
        if problem:
            source.broken(problem, "correct the annotation", number)
        else:
            yield record


FORMAT = Format("annotations", "annotated papers", _recognises, _read)
