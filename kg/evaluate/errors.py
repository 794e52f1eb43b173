"""What an extraction got wrong, one by one, with the text around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from kg.evaluate.alignment import Alignment, End
from kg.evaluate.gold import AnnotatedPaper, MentionSpan
from kg.evaluate.scoring import align
from kg.schema import Record

What = Literal["mention", "role", "relation", "result"]
Kind = Literal["boundary", "type", "missed", "spurious"]

_CONTEXT = 40
"""Characters of text shown on each side of an error."""


@dataclass(frozen=True)
class ErrorCase:
    """One error.

    ``boundary`` is a mention of the right type at the wrong offsets; ``type`` one at the right offsets with the wrong
    type, or a found entity in the wrong role; ``missed`` is annotated only, ``spurious`` is predicted only.
    """

    paper: str
    what: What
    kind: Kind
    text: str
    context: str = ""


def find_errors(gold: Iterable[AnnotatedPaper], predicted: Iterable[Record]) -> Iterator[ErrorCase]:
    """Every error in every annotated paper."""
    for alignment in align(gold, predicted):
        yield from _mention_errors(alignment)
        yield from _role_errors(alignment)
        yield from _relation_errors(alignment)
        yield from _result_errors(alignment)


def _mention_errors(alignment: Alignment) -> Iterator[ErrorCase]:
    annotated = alignment.gold.mention_spans
    found = {(mention.start, mention.end, mention.type) for mention in alignment.record.mentions}
    spurious = sorted(found - annotated)
    text = alignment.gold.text

    def case(kind: Kind, span: MentionSpan, instead: MentionSpan | None = None) -> ErrorCase:
        said = f"{text[span[0] : span[1]]!r} {span[2]}"
        if instead:
            said += f", predicted {text[instead[0] : instead[1]]!r} {instead[2]}"
        return ErrorCase(alignment.gold.id, "mention", kind, said, _around(text, span[0], span[1]))

    for span in sorted(annotated - found):
        same_place = [other for other in spurious if other[:2] == span[:2]]
        overlapping = [other for other in spurious if other[2] == span[2] and other[0] < span[1] and span[0] < other[1]]
        if same_place:
            spurious.remove(same_place[0])
            yield case("type", span, same_place[0])
        elif overlapping:
            spurious.remove(overlapping[0])
            yield case("boundary", span, overlapping[0])
        else:
            yield case("missed", span)
    for span in spurious:
        yield case("spurious", span)


def _role_errors(alignment: Alignment) -> Iterator[ErrorCase]:
    """Wrong roles of entities that were found; an entity that was not is an error of its mentions."""
    annotated = {canonical: role for _, _, canonical, role in alignment.gold.entities}
    for entity in alignment.record.entities:
        canonical = alignment.pairs.get(entity.id)
        if canonical is not None and entity.id in alignment.mentioned and annotated[canonical] != entity.role:
            said = f"{canonical!r} {annotated[canonical]}, predicted {entity.role}"
            yield ErrorCase(alignment.gold.id, "role", "type", said)


def _relation_errors(alignment: Alignment) -> Iterator[ErrorCase]:
    annotated = set(alignment.gold.relations)
    for key, relation in alignment.relations.items():
        if key not in annotated:
            said = f"{_name(alignment, key[0])} {relation.type} {_name(alignment, key[2])}"
            yield ErrorCase(alignment.gold.id, "relation", "spurious", said, _sentence(alignment, relation.evidence))
    for subject, type_, object_ in alignment.gold.relations:
        if (subject, type_, object_) not in alignment.relations:
            yield ErrorCase(alignment.gold.id, "relation", "missed", f"{subject!r} {type_} {object_!r}")


def _result_errors(alignment: Alignment) -> Iterator[ErrorCase]:
    for key, result in alignment.results.items():
        if key not in alignment.gold_results:
            said = _result(_name(alignment, key[0]), _name(alignment, key[1]), key[2], result.value, result.kind)
            yield ErrorCase(alignment.gold.id, "result", "spurious", said, _sentence(alignment, result.evidence))
    text = alignment.gold.text
    for key, (subject, benchmark, metric, value, kind, _) in alignment.gold_results.items():
        if key not in alignment.results:
            start = text.find(value)
            around = _around(text, start, start + len(value)) if start >= 0 else ""
            said = _result(repr(subject), repr(benchmark), metric, value, kind)
            yield ErrorCase(alignment.gold.id, "result", "missed", said, around)


def _result(subject: str, benchmark: str, metric: str, value: str, kind: str) -> str:
    return f"{value} ({kind}) {metric} of {subject} on {benchmark}"


def _name(alignment: Alignment, key: End) -> str:
    """The annotated name, or the predicted one with a question mark where no annotated entity is meant."""
    if isinstance(key, str):
        return repr(key)
    return f"{alignment.name(key[1])!r}?"


def _sentence(alignment: Alignment, evidence: tuple[int, int]) -> str:
    return alignment.gold.text[slice(*evidence)].replace("\n", " ")


def _around(text: str, start: int, end: int) -> str:
    """The text around a span on one line, the span in brackets."""
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    return f"{before}[{text[start:end]}]{after}".replace("\n", " ")
