"""Annotated records → numbered examples for the network."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kg.evaluate.spans import SpanText
from kg.extract.candidates import (
    RELATIONS,
    ROLES,
    SLOTS,
    TYPES,
    Candidates,
    Span,
    find_candidates,
    sentence_of_words,
    slot_allows,
)
from kg.extract.encode import Encoded, Vocabulary
from kg.extract.known import KnownNames
from kg.extract.tags import encode_spans, tags_of
from kg.extract.words import Words, split_words
from kg.schema import Record
from kg.sentences import split_sentences

SCHEMA_TYPES = tuple(str(t) for t in TYPES)
VALUE_TAGS = tags_of(["absolute", "relative"])


@dataclass(frozen=True)
class Example:
    """One text for training: its pieces, the tags of its words, candidates of the heads and what is true of them.

    ``roles`` [E, 8] and ``relations`` [P, 4] are probabilities: 0 and 1 where people annotated, anything between where
    a teacher did. ``slots`` [V, 4] lists, for each value and slot, which of the rows are right: numbers of
    ``candidates.links`` of that value, or -1 - i for the i-th option that is no entity (0 none, 1… an implied metric).
    """

    id: str
    encoded: Encoded
    entity_tags: list[int]
    value_tags: list[int]
    candidates: Candidates
    roles: np.ndarray
    relations: np.ndarray
    slots: list[list[list[int]]]


def word_span(words: Words, start: int, end: int) -> Span | None:
    """The words that cover the code points [start, end)."""
    first = next((i for i, e in enumerate(words.ends) if e > start), None)
    if first is None or words.starts[first] >= end:
        return None
    last = first
    while last + 1 < len(words) and words.starts[last + 1] < end:
        last += 1
    return Span(first, last + 1)


def _value_spans(text: str, value: str) -> list[tuple[int, int]]:
    pattern = r"(?<![\d.])" + re.escape(value) + r"(?!\d|\.\d)"
    return [m.span() for m in re.finditer(pattern, text)]


def make_span_example(
    text: SpanText,
    number: int,
    vocabulary: Vocabulary,
    lexicon: Callable[[Sequence[str]], list[int]],
    types: Sequence[str],
) -> Example:
    """Number one text of which only typed spans are annotated."""
    encoded = vocabulary.encode(split_words(text.text), text.title_end, lexicon)
    words = encoded.words
    tagged: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(text.spans):
        span = word_span(words, start, end)
        if span is not None and (not tagged or tagged[-1][1] <= span.start):
            tagged.append((span.start, span.end, kind))
    return Example(
        str(number),
        encoded,
        encode_spans(tagged, len(words), tags_of(types)),
        [0] * len(words),
        find_candidates([], [], [], []),
        np.zeros((0, len(ROLES)), np.float32),
        np.zeros((0, len(RELATIONS)), np.float32),
        [],
    )


def implied_metrics(records: Iterable[Record], at_least: int = 5) -> list[str]:
    """Names of metrics that results often imply without a mention, most frequent first."""
    count: Counter[str] = Counter()
    for record in records:
        said = {m.entity for m in record.mentions}
        names = {e.id: e.name for e in record.entities}
        count.update(names[r.metric] for r in record.results if r.metric and r.metric not in said)
    return [name for name, n in sorted(count.items(), key=lambda item: (-item[1], item[0])) if n >= at_least][:8]


def make_example(
    record: Record,
    vocabulary: Vocabulary,
    lexicon: Callable[[Sequence[str]], list[int]],
    implied: Sequence[str],
    known: KnownNames,
) -> Example:
    """Number one annotated record."""
    encoded = vocabulary.encode(split_words(record.text), len(record.title), lexicon)
    words = encoded.words
    said = {m.entity for m in record.mentions}
    entities = [e for e in record.entities if e.id in said]
    number = {e.id: i for i, e in enumerate(entities)}
    mentions, tagged, taken = [], [], np.zeros(len(words), bool)
    for mention in sorted(record.mentions, key=lambda m: m.start):
        span = word_span(words, mention.start, mention.end)
        if span is None or taken[span.start : span.end].any():
            continue
        taken[span.start : span.end] = True
        mentions.append((span, number[mention.entity]))
        tagged.append((span.start, span.end, str(mention.type)))
    kept = {e for _, e in mentions}
    entities = [e for e in entities if number[e.id] in kept]
    renumber = {number[e.id]: i for i, e in enumerate(entities)}
    mentions = [(span, renumber[e]) for span, e in mentions]
    number = {e.id: i for i, e in enumerate(entities)}
    name_of = {e.id: e.name for e in record.entities}

    rows = defaultdict(list)
    for result in record.results:
        for start, end in _value_spans(record.text, result.value):
            span = word_span(words, start, end)
            if span is not None:
                rows[span].append(result)
    values: list[Span] = []
    for span in sorted(rows, key=lambda s: (s.start - s.end, s.start)):
        if not any(v.start < span.end and span.start < v.end for v in values):
            values.append(span)
    values.sort(key=lambda s: s.start)
    value_tags = encode_spans([(s.start, s.end, rows[s][0].kind) for s in values], len(words), VALUE_TAGS)

    types = [TYPES.index(e.type) for e in entities]
    sentences = split_sentences(record.text, len(record.title))
    names: list[set[str]] = [set() for _ in entities]
    for span, e in mentions:
        names[e].add(record.text[words.starts[span.start] : words.ends[span.end - 1]])
    candidates = find_candidates(
        mentions, types, values, sentence_of_words(words, sentences), [known.levels_of(n) for n in names]
    )
    stated = {(r.subject, r.object, r.type) for r in record.relations}
    relations = np.array(
        [[(entities[s].id, entities[o].id, kind) in stated for kind in RELATIONS] for s, o in candidates.pairs],
        np.float32,
    ).reshape(-1, len(RELATIONS))
    link_row = {(int(v), int(e)): i for i, (v, e) in enumerate(candidates.links)}
    slots = []
    for v, span in enumerate(values):
        options: list[list[int]] = []
        for column, slot in enumerate(SLOTS):
            right = set()
            for result in rows[span]:
                wanted = getattr(result, slot)
                if wanted in number and slot_allows(column, types[number[wanted]]):
                    right.add(link_row[v, number[wanted]])
                elif slot == "metric" and wanted and name_of[wanted] in implied:
                    right.add(-2 - list(implied).index(name_of[wanted]))
                else:
                    right.add(-1)
            options.append(sorted(right))
        slots.append(options)
    return Example(
        record.id,
        encoded,
        encode_spans(tagged, len(words), tags_of(SCHEMA_TYPES)),
        value_tags,
        candidates,
        np.eye(len(ROLES), dtype=np.float32)[[ROLES.index(e.role) for e in entities]],
        relations,
        slots,
    )
