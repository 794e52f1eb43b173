"""Candidates of a paper that the heads score: entities, pairs of entities, links of values to entities; as arrays.

Training and use share this module, so a head sees the same features in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
ENTITY_FEATURES = (5, 5, 2, 5, 5)
"""Values of the features of an entity: its type, number of mentions, whether the title has it, how well its names are
known (the best known and the least known of them)."""


@dataclass(frozen=True)
class Span:
    """Words [start, end) of a text."""

    start: int
    end: int


@dataclass(frozen=True)
class Candidates:
    """What the heads score in one text; -1 fills rows up.

    ``spans`` [S, 2] words of mentions, then of values; ``values`` [V] which of them are values.
    ``entity_spans`` [E, MENTIONS], ``entity_features`` [E, 5].
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


class _Distances:
    """How far the spans of a text are from each other, by which the closest pairs are found."""

    def __init__(self, spans: Ints, sentence: Ints) -> None:
        self.starts, self.ends = spans[:, 0], spans[:, 1]
        self.sentence, self.title = sentence, sentence == 0
        self.number = np.arange(len(spans), dtype=np.int64)
        self.bits = len(spans).bit_length()
        self.gap_bits = int(self.ends.max(initial=1)).bit_length()

    def closest(self, lefts: Iterable[Ints], rights: Iterable[Sequence[Ints]]) -> tuple[Ints, Ints]:
        """The closest pairs of each group of spans with each of its partners (indices of spans).

        Returns:
            The pairs [groups with partners, CLOSEST, 2] and their features [.., CLOSEST, 3], in order.
        """
        chosen = []
        for left, partners in zip(lefts, rights, strict=True):
            keys = self._keys(left)
            for right in partners:
                row = keys[:, right].ravel()
                row.sort()
                chosen.append([*row[:CLOSEST].tolist(), *[-1] * (CLOSEST - len(row))])
        rows = np.array(chosen, np.int64).reshape(-1, CLOSEST)
        there, mask = rows >= 0, (1 << self.bits) - 1
        a, b = rows >> self.bits & mask, rows & mask
        pairs = np.where(there[..., None], np.stack([a, b], axis=-1), -1)
        a, b = np.where(there, a, 0), np.where(there, b, 0)
        if not there.any():
            return pairs, np.zeros((*rows.shape, 3), np.int64)
        gap = self._gap(a, b)
        far = np.minimum(np.log2(np.abs(gap) + 1), 5).astype(np.int64)
        words = 6 + np.where(gap >= 0, far + 1, -far - 1)
        apart = (self.sentence[b] - self.sentence[a]).clip(-3, 3) + 3
        features = np.stack([apart, words, self.title[a] * 2 + self.title[b]], axis=-1)
        return pairs, np.where(there[..., None], features, 0)

    def _gap(self, a: Ints, b: Ints) -> Ints:
        """Words between spans; below zero if ``b`` comes first."""
        after = self.starts[b] - self.ends[a]
        return np.where(after >= 0, after, self.ends[b] - self.starts[a] - 1)

    def _keys(self, left: Ints) -> Ints:
        """What pairs of ``left`` and every span are sorted by, as one number: sentences and words apart, then which."""
        a, b = left[:, None], self.number[None]
        far = np.abs(self.sentence[b] - self.sentence[a]) << self.gap_bits | np.abs(self._gap(a, b))
        keys: Ints = (far << self.bits | a) << self.bits | b
        return keys


def find_candidates(
    mentions: Sequence[tuple[Span, int]],
    entity_types: Sequence[int],
    values: Sequence[Span],
    sentence_of_word: Sequence[int],
    known: Sequence[tuple[int, int]] = (),
) -> Candidates:
    """The candidates of one text.

    Args:
        mentions: each with the number of its entity; every entity has at least one.
        entity_types: the number in ``TYPES`` of each entity.
        values: the spans of measured numbers.
        sentence_of_word: the number of each word's sentence; the title is sentence 0.
        known: how well the names of each entity are known (``KnownNames.levels_of``); not at all without it.
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
    entity_features = np.zeros((len(entity_types), len(ENTITY_FEATURES)), np.int64)
    for e, rows in enumerate(owned):
        entity_spans[e, : len(rows)] = rows[:MENTIONS]
        entity_features[e, :3] = entity_types[e], min(len(rows), 5) - 1, bool(title[rows].any())
    if known:
        entity_features[:, 3:] = known
    arrays = [np.array(rows[:PLACES], np.int64) for rows in owned]

    subjects = [e for e, kind in enumerate(entity_types) if kind in (METHOD, MODEL)]
    objects = [[e for e, kind in enumerate(entity_types) if kind != METRIC and e != s] for s in subjects]
    able = [e for e, kind in enumerate(entity_types) if kind != TASK]
    distances = _Distances(spans, sentence)
    pair_spans, pair_features = distances.closest(
        (arrays[s] for s in subjects), ([arrays[o] for o in row] for row in objects)
    )
    link_spans, link_features = distances.closest(
        (np.array([len(mentions) + v], np.int64) for v in range(len(values))), [[arrays[e] for e in able]] * len(values)
    )
    pairs = [(s, o) for s, row in zip(subjects, objects, strict=True) for o in row]
    links = [(v, e) for v in range(len(values)) for e in able]
    return Candidates(
        spans,
        np.arange(len(mentions), len(spans), dtype=np.int64),
        entity_spans,
        entity_features,
        np.array(pairs, np.int64).reshape(-1, 2),
        pair_spans,
        pair_features,
        np.array(links, np.int64).reshape(-1, 2),
        link_spans,
        link_features,
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
