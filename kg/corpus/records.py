"""Extraction records, one JSON object a line, as ``kg extract`` writes them."""

from __future__ import annotations

from collections.abc import Iterator

from kg.corpus.format import Format
from kg.corpus.identity import identify
from kg.corpus.jsontext import parse
from kg.corpus.source import Head, Source
from kg.schema import RELATION_ENDS, ROLES_OF, Entity, EntityType, Record, RelationType

_NAMED = RELATION_ENDS[RelationType.BASED_ON][0]


def fault(record: Record) -> str | None:
    """What is wrong with the offsets, ids or types of a record; None if nothing is."""
    return next(_faults(record), None)


def _faults(record: Record) -> Iterator[str]:
    text = record.text
    if not record.title.strip():
        yield "the title is blank"
    if "\0" in text:
        yield "the text holds a NUL character"
    entities: dict[str, Entity] = {}
    for entity in record.entities:
        if entity.id in entities:
            yield f"two entities have the id {entity.id!r}"
        if entity.role not in ROLES_OF[entity.type]:
            yield f"a {entity.type} cannot have the role {str(entity.role)!r} that {entity.id!r} has"
        entities[entity.id] = entity

    def ends(what: str, id_: str | None, types: tuple[EntityType, ...]) -> Iterator[str]:
        if id_ is None:
            return
        if id_ not in entities:
            yield f"{what} names the entity {id_!r}, which is not among the record's entities"
        elif entities[id_].type not in types:
            yield f"{what} names {id_!r}, a {entities[id_].type}, where only {' or '.join(types)} may stand"

    def span(what: str, start: int, end: int) -> Iterator[str]:
        if not 0 <= start < end <= len(text):
            yield f"{what} has the offsets {start} to {end} in a text of {len(text)} characters"

    for mention in record.mentions:
        what = f"the mention {mention.text!r}"
        yield from span(what, mention.start, mention.end)
        if text[mention.start : mention.end] != mention.text:
            yield f"{what} does not match its offsets, where {text[mention.start : mention.end]!r} stands"
        yield from ends(what, mention.entity, (mention.type,))
    for relation in record.relations:
        what = f"a relation {relation.type}"
        subjects, objects = RELATION_ENDS[relation.type]
        yield from ends(what, relation.subject, subjects)
        yield from ends(what, relation.object, objects)
        yield from span(what, *relation.evidence)
    for result in record.results:
        what = f"the result {result.value!r}"
        yield from ends(what, result.subject, _NAMED)
        yield from ends(what, result.benchmark, (EntityType.BENCHMARK,))
        yield from ends(what, result.metric, (EntityType.METRIC,))
        yield from ends(what, result.baseline, _NAMED)
        yield from span(what, *result.evidence)


def _recognises(head: Head) -> bool:
    return head.object is not None and "mentions" in head.object


def _read(source: Source) -> Iterator[Record]:
    for number, record in parse(source, Record):
        if problem := fault(record):
            source.broken(problem, "write the record again, with kg extract", number)
            continue
        id_, arxiv = identify(record.title, record.arxiv_id, record.id)
        # A record that tells its sources is a paper read before: the graph is that of the sources themselves.
        yield record.model_copy(update={"id": id_, "arxiv_id": arxiv, "source": record.source or (source.label,)})


FORMAT = Format("records", "extraction records", _recognises, _read)
