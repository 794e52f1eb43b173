"""Whether confidence can be believed: of the mentions at 0.9, are nine in ten right?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.evaluate.gold import AnnotatedPaper
from kg.evaluate.scoring import align
from kg.schema import Record

Judged = tuple[float, bool]
"""The confidence of something predicted, and whether it is right."""


@dataclass(frozen=True)
class Bin:
    """Predictions of like confidence: the mean of it, the share that is right, and how many they are."""

    confidence: float
    right: float
    count: int


def judged_mentions(gold: Iterable[AnnotatedPaper], predicted: Iterable[Record]) -> list[Judged]:
    """Every predicted mention of the annotated papers; it is right if its offsets and its type are."""
    return [
        (m.confidence, (m.start, m.end, m.type) in alignment.gold.mention_spans)
        for alignment in align(gold, predicted)
        for m in alignment.record.mentions
    ]


def reliability(rows: Sequence[Judged], bins: int = 10) -> list[Bin]:
    """The predictions in bins of equal width over 0…1; empty bins are left out."""
    groups: list[list[Judged]] = [[] for _ in range(bins)]
    for row in rows:
        groups[min(int(row[0] * bins), bins - 1)].append(row)
    return [Bin(sum(c for c, _ in g) / len(g), sum(r for _, r in g) / len(g), len(g)) for g in groups if g]


def expected_calibration_error(rows: Sequence[Judged], bins: int = 10) -> float:
    """Mean distance between confidence and share right, weighted by count (Naeini et al., 2015); 0…1."""
    return sum(b.count * abs(b.confidence - b.right) for b in reliability(rows, bins)) / max(len(rows), 1)
