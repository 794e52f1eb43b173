"""From the probabilities of the network to confidence that means what it says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def calibrate(rows: Sequence[tuple[float, bool]], bins: int = 12) -> list[tuple[float, float]]:
    """Points (probability, share right) between which confidence is interpolated.

    The rows, of a probability and whether the prediction is right, are cut into bins of equal size; neighbours that do
    not rise are pooled (Ayer et al., 1955).
    """
    parts = np.array_split(np.array(sorted(rows), dtype=float), bins)
    pooled: list[tuple[float, float, int]] = []
    for part in parts:
        if not len(part):
            continue
        block = float(part[:, 0].mean()), float(part[:, 1].mean()), len(part)
        while pooled and pooled[-1][1] > block[1]:
            before = pooled.pop()
            total = before[2] + block[2]
            block = (
                (before[0] * before[2] + block[0] * block[2]) / total,
                (before[1] * before[2] + block[1] * block[2]) / total,
                total,
            )
        pooled.append(block)
    points = [(round(probability, 4), round(share, 4)) for probability, share, _ in pooled]
    return [(0.0, 0.0), *points, (1.0, points[-1][1] if points else 1.0)]
