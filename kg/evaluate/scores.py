"""Counts of true, predicted and annotated items, and the scores that follow from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence, Set
from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """Precision, recall and F1 as fractions, with how many items were annotated and how many predicted."""

    precision: float
    recall: float
    annotated: int
    predicted: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 0 where both are."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass
class Tally:
    """Counts of one score, summed over papers (micro-average)."""

    correct: int = 0
    predicted: int = 0
    annotated: int = 0

    def add(self, annotated: Set[Hashable], predicted: Set[Hashable]) -> None:
        """Counts the items of one paper."""
        self.correct += len(annotated & predicted)
        self.predicted += len(predicted)
        self.annotated += len(annotated)

    @property
    def score(self) -> Score:
        """The score of everything counted so far."""
        return Score(
            precision=self.correct / self.predicted if self.predicted else 0.0,
            recall=self.correct / self.annotated if self.annotated else 0.0,
            annotated=self.annotated,
            predicted=self.predicted,
        )


def b_cubed(links: Sequence[tuple[Hashable, Hashable]]) -> Score:
    """B-cubed precision and recall of the ids given to entities across papers.

    Only entities that say something about resolution count: those annotated in two or more papers, and those that
    share their predicted id with another.

    Args:
        links: one (annotated key, predicted id) for each entity of each paper that was found.
    """
    by_annotated = Counter(annotated for annotated, _ in links)
    by_predicted = Counter(predicted for _, predicted in links)
    together = Counter(links)
    pool = [link for link in links if by_annotated[link[0]] > 1 or by_predicted[link[1]] > 1]
    size = len(pool) or 1
    return Score(
        precision=sum(together[link] / by_predicted[link[1]] for link in pool) / size,
        recall=sum(together[link] / by_annotated[link[0]] for link in pool) / size,
        annotated=len(pool),
        predicted=len(pool),
    )
