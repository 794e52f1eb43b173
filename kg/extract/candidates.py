"""Candidates of a paper that the heads score: entities, pairs of entities, links of values to entities; as arrays.

Training and use share this module, so a head sees the same features in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.extract.words import Words
from kg.schema import EntityType, RelationType, Role

Ints = NDArray[np.int64]
TYPES = tuple(EntityType)
ROLES = tuple(Role)
RELATIONS = tuple(RelationType)
SLOTS = ("subject", "benchmark", "metric", "baseline")
"""What a value may be linked to; each is a field of a result."""
METHOD, MODEL, BENCHMARK, METRIC, TASK = range(5)
CLOSEST = 3
"""How many of the closest pairs of mentions stand for a pair of entities."""
MENTIONS = 6
"""How many mentions of an entity its vector is made of: the first ones."""
PLACES = 24
"""How many mentions of an entity may stand in a pair: the first ones."""
PAIR_FEATURES = (7, 13, 4)
"""Values of the features of a pair of spans: sentences apart, words apart (signed, logarithmic), which in the title."""
ENTITY_FEATURES = (5, 5, 2)
"""Values of the features of an entity: its type, number of mentions, whether the title has it."""


@dataclass(frozen=True)
class Span:
    """Words [start, end) of a text."""

    start: int
    end: int


@dataclass(frozen=True)
class Candidates:
    """What the heads score in one text; -1 fills rows up.

    ``spans`` [S, 2] words of mentions, then of values; ``values`` [V] which of them are values.
    ``entity_spans`` [E, MENTIONS], ``entity_features`` [E, 3].
    ``pairs`` [P, 2] entities (subject, object), ``pair_spans`` [P, CLOSEST, 2], ``pair_features`` [P, CLOSEST, 3].
    ``links`` [L, 2] (value, entity), ``link_spans``, ``link_features`` likewise.
    """

    spans: Ints
    values: Ints
    entity_spans: Ints
    entity_features: Ints
    pairs: Ints
    pair_spans: Ints
    pair_features: Ints
    links: Ints
    link_spans: Ints
    link_features: Ints


def _closest(
    left: Ints, right: Ints, spans: Ints, sentence: Ints, title: NDArray[np.bool_]
) -> tuple[list[list[int]], list[list[int]]]:
    """The closest pairs of the spans ``left`` × ``right`` (indices) with their features."""
    a, b = np.repeat(left, len(right)), np.tile(right, len(left))
    gap = np.where(spans[b, 0] >= spans[a, 1], spans[b, 0] - spans[a, 1], -(spans[a, 0] - spans[b, 1]) - 1)
    apart = sentence[b] - sentence[a]
    order = np.lexsort((b, a, np.abs(gap), np.abs(apart)))[:CLOSEST]
    rows, features = [], []
    for i in order:
        far = int(np.clip(np.log2(abs(gap[i]) + 1), 0, 5.9))
        words = 6 + (far + 1 if gap[i] >= 0 else -far - 1)
        rows.append([int(a[i]), int(b[i])])
        features.append([int(np.clip(apart[i], -3, 3)) + 3, words, int(title[a[i]]) * 2 + int(title[b[i]])])
    fill = CLOSEST - len(rows)
    return rows + [[-1, -1]] * fill, features + [[0, 0, 0]] * fill


def find_candidates(
    mentions: Sequence[tuple[Span, int]],
    entity_types: Sequence[int],
    values: Sequence[Span],
    sentence_of_word: Sequence[int],
) -> Candidates:
    """The candidates of one text.

    Args:
        mentions: each with the number of its entity; every entity has at least one.
        entity_types: the number in ``TYPES`` of each entity.
        values: the spans of measured numbers.
        sentence_of_word: the number of each word's sentence; the title is sentence 0.
    """
    spans = np.array([[s.start, s.end] for s, _ in mentions] + [[s.start, s.end] for s in values], np.int64).reshape(
        -1, 2
    )
    of_words = np.asarray(sentence_of_word, np.int64)
    sentence = of_words[spans[:, 0]] if len(spans) else np.zeros(0, np.int64)
    title = sentence == 0
    owned: list[list[int]] = [[] for _ in entity_types]
    for i, (_, entity) in enumerate(mentions):
        owned[entity].append(i)
    entity_spans = np.full((len(entity_types), MENTIONS), -1, np.int64)
    entity_features = np.zeros((len(entity_types), 3), np.int64)
    for e, rows in enumerate(owned):
        entity_spans[e, : len(rows)] = rows[:MENTIONS]
        entity_features[e] = entity_types[e], min(len(rows), 5) - 1, bool(title[rows].any())
    arrays = [np.array(rows[:PLACES], np.int64) for rows in owned]

    pairs, pair_spans, pair_features = [], [], []
    for s, subject in enumerate(entity_types):
        if subject not in (METHOD, MODEL):
            continue
        for o, kind in enumerate(entity_types):
            if o != s and kind != METRIC:
                rows_, features = _closest(arrays[s], arrays[o], spans, sentence, title)
                pairs.append([s, o])
                pair_spans.append(rows_)
                pair_features.append(features)
    links, link_spans, link_features = [], [], []
    for v in range(len(values)):
        here = np.array([len(mentions) + v], np.int64)
        for e, kind in enumerate(entity_types):
            if kind != TASK:
                rows_, features = _closest(here, arrays[e], spans, sentence, title)
                links.append([v, e])
                link_spans.append(rows_)
                link_features.append(features)
    return Candidates(
        spans,
        np.arange(len(mentions), len(spans), dtype=np.int64),
        entity_spans,
        entity_features,
        np.array(pairs, np.int64).reshape(-1, 2),
        np.array(pair_spans, np.int64).reshape(-1, CLOSEST, 2),
        np.array(pair_features, np.int64).reshape(-1, CLOSEST, 3),
        np.array(links, np.int64).reshape(-1, 2),
        np.array(link_spans, np.int64).reshape(-1, CLOSEST, 2),
        np.array(link_features, np.int64).reshape(-1, CLOSEST, 3),
    )


def join(parts: Sequence[Candidates], words: Sequence[int]) -> Candidates:
    """One set of candidates for several texts whose words (``words[i]`` of the i-th) are laid end to end.

    Spans, entities and values are numbered over all texts like words.
    """
    word = span = entity = value = 0
    columns: dict[str, list[Ints]] = {name: [] for name in Candidates.__dataclass_fields__}

    def shift(rows: Ints, by: int) -> Ints:
        return np.where(rows >= 0, rows + by, -1)

    for part, length in zip(parts, words, strict=True):
        mentions_of_part = len(part.spans)
        columns["spans"].append(part.spans + word)
        columns["values"].append(part.values + span)
        columns["entity_spans"].append(shift(part.entity_spans, span))
        columns["entity_features"].append(part.entity_features)
        columns["pairs"].append(part.pairs + entity)
        columns["pair_spans"].append(shift(part.pair_spans, span))
        columns["pair_features"].append(part.pair_features)
        columns["links"].append(part.links + np.array([value, entity]))
        columns["link_spans"].append(shift(part.link_spans, span))
        columns["link_features"].append(part.link_features)
        word, span, entity = word + length, span + mentions_of_part, entity + len(part.entity_spans)
        value += len(part.values)
    return Candidates(**{name: np.concatenate(rows) for name, rows in columns.items()})


def slot_allows(slot: int, entity_type: int) -> bool:
    """Whether an entity of this type may fill the slot of this number in ``SLOTS``."""
    if slot in (1, 2):
        return entity_type == (BENCHMARK if slot == 1 else METRIC)
    return entity_type in (METHOD, MODEL)


def sentence_of_words(words: Words, sentences: Sequence[tuple[int, int]]) -> list[int]:
    """The number of the sentence that each word stands in."""
    output, current = [], 0
    for start in words.starts:
        while current + 1 < len(sentences) and start >= sentences[current + 1][0]:
            current += 1
        output.append(current)
    return output
