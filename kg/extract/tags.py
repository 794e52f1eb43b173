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

    ``emissions`` [words, tags], ``transitions`` [tags + 1, tags + 1] with the border of the text last.
    """

    emissions: Floats
    transitions: Floats
    forward: Logs
    backward: Logs
    log_z: float
    breaks: frozenset[int] = frozenset()

    @classmethod
    def run(cls, emissions: Floats, transitions: Floats, breaks: Collection[int] = ()) -> SpanScorer:
        """Forward and backward sums of one text of at least one word; no span goes on into a word of ``breaks``."""
        length, tags = emissions.shape
        tops = emissions.max(axis=1, keepdims=True).astype(np.float64)
        chances = np.exp(emissions - tops)
        # Both directions take each step together: [0] from the first word on, [1] from the last word back.
        rows = np.stack([chances, chances[::-1]], axis=1)[:, :, None]
        plain = np.exp(transitions[:-1, :-1].astype(np.float64))
        inner = np.stack([plain, plain.T])
        steps = {i: inner.copy() for b in breaks for i in (b, length - b)}
        broken = np.exp(_broken(transitions).astype(np.float64))
        for b in breaks:
            steps[b][0], steps[length - b][1] = broken, broken.T
        reached = np.empty((length, 2, 1, tags))
        sums = np.ones((length, 2, 1, 1))
        reached[0, 0], reached[0, 1] = np.exp(transitions[-1:, :-1]), np.exp(transitions[:-1, -1:].T)
        state = reached[0] * rows[0]
        for i in range(1, length):
            # Scaled to a sum of one, or long texts would fall below the smallest number (Rabiner, 1989).
            state.sum(axis=2, keepdims=True, out=sums[i])
            state /= sums[i]
            np.matmul(state, steps.get(i, inner), out=reached[i])
            state = reached[i] * rows[i]
        scale = np.log(sums[:, :, 0]).cumsum(axis=0)
        with np.errstate(divide="ignore"):
            logs = np.log(reached[:, :, 0]) + scale
        forward = logs[:, 0] + emissions + (tops.cumsum(axis=0) - tops)
        backward = (logs[:, 1] + (tops[::-1].cumsum(axis=0) - tops[::-1]))[::-1]
        log_z = float(np.logaddexp.reduce(forward[-1] + backward[-1]))
        return cls(emissions, transitions, forward, backward, log_z, frozenset(breaks))

    def probability(self, start: int, end: int, type_number: int) -> float:
        """The probability that [start, end) is a span of the type with this number."""
        if not self.breaks.isdisjoint(range(start + 1, end)):
            return 0.0
        begin, inside, finish, single = range(1 + 4 * type_number, 5 + 4 * type_number)
        if end - start == 1:
            total = self.forward[start, single] + self.backward[start, single]
        else:
            path = [begin, *[inside] * (end - start - 2), finish]
            total = self.forward[start, begin] + self.backward[end - 1, finish]
            for i, (left, right) in enumerate(pairwise(path), start + 1):
                total += self.transitions[left, right] + self.emissions[i, right]
        return float(min(1.0, np.exp(total - self.log_z)))

    def best(self) -> list[tuple[int, int, int]]:
        """The spans (start, end, type number) of the best tagging (Viterbi)."""
        # By the tag that follows, as that is how the options of a step lie side by side.
        plain, broken = self.transitions[:-1, :-1].T.copy(), _broken(self.transitions).T.copy()
        scores = self.emissions.copy()
        scores[0] += self.transitions[-1, :-1]
        options = np.empty_like(plain)
        for i in range(1, len(scores)):
            np.add(broken if i in self.breaks else plain, scores[i - 1], out=options)
            scores[i] += np.maximum.reduce(options, axis=1)
        tag = int((scores[-1] + self.transitions[:-1, -1]).argmax())
        path = [tag]
        for i in range(len(scores) - 1, 0, -1):
            tag = int(((broken if i in self.breaks else plain)[tag] + scores[i - 1]).argmax())
            path.append(tag)
        return decode_tags(path[::-1])


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
