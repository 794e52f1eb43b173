"""Tags of words and their decoding by a linear-chain conditional random field (Lafferty et al., 2001).

Tags are BIOES: ``S`` a span of one word, ``B`` … ``I`` … ``E`` a longer one, ``O`` none. Scores are natural logarithms.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Logs = NDArray[np.float64]
IMPOSSIBLE = -1e4
"""The score of a transition that no tagging contains."""
AT_ONCE = 16
"""Texts that a component takes at once."""
_MOST_WORDS = 8192
"""Words of all texts together that are stepped through at once, the filling of shorter texts included."""


def tags_of(types: Sequence[str]) -> list[str]:
    """The tag set of some span types: ``O``, then B, I, E, S of each."""
    return ["O", *(f"{part}-{name}" for name in types for part in "BIES")]


def allowed(tags: Sequence[str]) -> NDArray[np.bool_]:
    """Which transitions are possible, [from, to]; index -1 of either axis stands for the border of the text."""

    def follows(left: str, right: str) -> bool:
        inside = left[0] in "BI"
        return right[0] in "IE" and left[1:] == right[1:] if inside else right[0] in "OBS"

    rows = [*tags, "O"]
    return np.array([[follows(a, b) for b in rows] for a in rows])


def encode_spans(spans: Sequence[tuple[int, int, str]], length: int, tags: Sequence[str]) -> list[int]:
    """Tag numbers of a text of ``length`` words with ``spans`` (start, end, type) that do not overlap."""
    number = {tag: i for i, tag in enumerate(tags)}
    output = [0] * length
    for start, end, name in spans:
        if end - start == 1:
            output[start] = number[f"S-{name}"]
        else:
            output[start:end] = [number[f"I-{name}"]] * (end - start)
            output[start], output[end - 1] = number[f"B-{name}"], number[f"E-{name}"]
    return output


@dataclass(frozen=True)
class SpanScorer:
    """The field over one text: exact probabilities of spans, and the best tagging.

    ``emissions`` [words, tags], ``transitions`` [tags + 1, tags + 1] with the border of the text last; ``forward`` and
    ``backward`` [words, tags] logarithms of the sums over all that comes before and after; ``tagging`` the best one.
    """

    emissions: Floats
    transitions: Floats
    forward: Logs
    backward: Logs
    log_z: float
    tagging: list[int]
    breaks: frozenset[int] = frozenset()

    @classmethod
    def run(cls, emissions: Floats, transitions: Floats, breaks: Collection[int] = ()) -> SpanScorer:
        """The field over one text of at least one word; no span goes on into a word of ``breaks``."""
        return cls.run_all([emissions], transitions, [breaks])[0]

    @classmethod
    def run_all(
        cls, emissions: Sequence[Floats], transitions: Floats, breaks: Sequence[Collection[int]]
    ) -> list[SpanScorer]:
        """The field over several texts at once, which takes a fraction of the time and gives each the same bits."""
        output: dict[int, SpanScorer] = {}
        order = sorted(range(len(emissions)), key=lambda i: len(emissions[i]))
        while order:
            longest = len(emissions[order[-1]])
            group = order[-max(1, _MOST_WORDS // longest) :]
            del order[-len(group) :]
            ends = [frozenset(breaks[i]) for i in group]
            texts = _Texts([emissions[i] for i in group], transitions, ends)
            sums, taggings = texts.sums(), texts.taggings()
            for i, (forward, backward), tagging, end in zip(group, sums, taggings, ends, strict=True):
                log_z = float(np.logaddexp.reduce(forward[-1] + backward[-1]))
                output[i] = cls(emissions[i], transitions, forward, backward, log_z, tagging, end)
        return [output[i] for i in range(len(emissions))]

    def probabilities(self, start: int, end: int) -> Logs:
        """The probabilities [types] that [start, end) is a span, of one type each."""
        if not self.breaks.isdisjoint(range(start + 1, end)):
            return np.zeros((self.emissions.shape[1] - 1) // 4)
        begin, inside, finish, single = (slice(part, None, 4) for part in range(1, 5))
        if end - start == 1:
            total = self.forward[start, single] + self.backward[start, single]
        else:
            total = self.forward[start, begin] + self.backward[end - 1, finish]
            path = [begin, *[inside] * (end - start - 2), finish]
            for i, (left, right) in enumerate(pairwise(path), start + 1):
                total += self.transitions[left, right].diagonal() + self.emissions[i, right]
        return np.minimum(1.0, np.exp(total - self.log_z))

    def best(self) -> list[tuple[int, int, int]]:
        """The spans (start, end, type number) of the best tagging."""
        return decode_tags(self.tagging)


class _Texts:
    """Texts that the field steps through together; the shorter ones are filled up, and what fills them is not read."""

    def __init__(self, emissions: Sequence[Floats], transitions: Floats, breaks: Sequence[frozenset[int]]) -> None:
        self.transitions, self.breaks = transitions, breaks
        self.lengths = np.array([len(e) for e in emissions])
        self.words, self.tags = int(self.lengths.max()), emissions[0].shape[1]
        self.emissions = np.zeros((self.words, len(emissions), self.tags), np.float32)
        for number, rows in enumerate(emissions):
            self.emissions[: len(rows), number] = rows

    def sums(self) -> list[tuple[Logs, Logs]]:
        """Forward and backward sums of each text (the forward-backward algorithm; Rabiner, 1989)."""
        tops = self.emissions.max(axis=2, keepdims=True).astype(np.float64)
        ahead = np.exp(self.emissions - tops)
        # Both directions take each step together: [0] from the first word on, [1] from the last word back.
        rows = np.ones((self.words, len(self.lengths), 2, 1, self.tags))
        rows[:, :, 0, 0] = ahead
        for number, length in enumerate(self.lengths):
            rows[:length, number, 1, 0] = ahead[:length, number][::-1]
        plain = np.exp(self.transitions[:-1, :-1].astype(np.float64))
        broken = np.exp(_broken(self.transitions).astype(np.float64))
        inner = np.stack([plain, plain.T])
        steps: dict[int, NDArray[np.float64]] = {}
        for number, (length, breaks) in enumerate(zip(self.lengths.tolist(), self.breaks, strict=True)):
            for b in breaks:
                for step, direction, matrix in ((b, 0, broken), (length - b, 1, broken.T)):
                    steps.setdefault(step, np.stack([inner] * len(self.lengths)))[number, direction] = matrix
        reached = np.empty_like(rows)
        scale = np.ones((*rows.shape[:-1], 1))
        reached[0, :, 0] = np.exp(self.transitions[-1:, :-1])
        reached[0, :, 1] = np.exp(self.transitions[:-1, -1:].T)
        state = reached[0] * rows[0]
        for i in range(1, self.words):
            # Scaled to a sum of one, or long texts would fall below the smallest number.
            np.add.reduce(state, axis=3, keepdims=True, out=scale[i])
            state /= scale[i]
            np.matmul(state, steps.get(i, inner), out=reached[i])
            np.multiply(reached[i], rows[i], out=state)
        with np.errstate(divide="ignore"):
            logs = np.log(reached[:, :, :, 0]) + np.log(scale[:, :, :, 0]).cumsum(axis=0)
        output = []
        for number, length in enumerate(self.lengths):
            own, top = logs[:length, number], tops[:length, number]
            forward = own[:, 0] + self.emissions[:length, number] + (top.cumsum(axis=0) - top)
            backward = (own[:, 1] + (top[::-1].cumsum(axis=0) - top[::-1]))[::-1]
            output.append((forward, backward))
        return output

    def taggings(self) -> list[list[int]]:
        """The best tagging of each text (Viterbi, 1967)."""
        # By the tag that follows, as that is how the options of a step lie side by side.
        plain, broken = self.transitions[:-1, :-1].T.copy(), _broken(self.transitions).T.copy()
        steps: dict[int, Floats] = {}
        for number, breaks in enumerate(self.breaks):
            for b in breaks:
                steps.setdefault(b, np.stack([plain] * len(self.lengths)))[number] = broken
        scores = self.emissions.copy()
        scores[0] += self.transitions[-1, :-1]
        options = np.empty((len(self.lengths), self.tags, self.tags), np.float32)
        for i in range(1, self.words):
            np.add(steps.get(i, plain), scores[i - 1][:, None], out=options)
            scores[i] += np.maximum.reduce(options, axis=2)
        texts = np.arange(len(self.lengths))
        tag = (scores[self.lengths - 1, texts] + self.transitions[:-1, -1]).argmax(axis=1)
        path = np.empty((self.words, len(self.lengths)), np.int64)
        path[-1] = tag
        for i in range(self.words - 1, 0, -1):
            into = steps[i][texts, tag] if i in steps else plain[tag]
            tag = np.where(i < self.lengths, (into + scores[i - 1]).argmax(axis=1), tag)
            path[i - 1] = tag
        return [path[:length, number].tolist() for number, length in enumerate(self.lengths)]


def _broken(transitions: Floats) -> Floats:
    """The transitions where a text breaks off: those of its end before, those of its beginning after."""
    return transitions[:-1, -1:] + transitions[-1:, :-1]


def decode_tags(path: Sequence[int]) -> list[tuple[int, int, int]]:
    """The spans (start, end, type number) of a legal tagging."""
    spans, start = [], 0
    for i, tag in enumerate(path):
        if tag == 0:
            continue
        type_number, part = divmod(tag - 1, 4)
        if part in (0, 3):
            start = i
        if part in (2, 3):
            spans.append((start, i + 1, type_number))
    return spans
