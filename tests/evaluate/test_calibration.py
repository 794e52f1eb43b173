"""Confidence that means what it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.evaluate.calibration import expected_calibration_error, reliability
from kg.extract.calibration import calibrate

ROWS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=200)


@given(ROWS)
def test_calibration_rises_and_stays_between_nought_and_one(rows: list[tuple[float, bool]]) -> None:
    points = calibrate(rows)
    assert [p for p, _ in points] == sorted(p for p, _ in points)
    assert [s for _, s in points] == sorted(s for _, s in points)
    assert all(0 <= s <= 1 for _, s in points)


@given(ROWS)
def test_bins_hold_every_row(rows: list[tuple[float, bool]]) -> None:
    assert sum(b.count for b in reliability(rows)) == len(rows)
    assert 0 <= expected_calibration_error(rows) <= 1


def test_error_of_an_overconfident_prediction() -> None:
    assert expected_calibration_error([(0.9, True), (0.9, False)]) == pytest.approx(0.4)


def test_calibration_mends_overconfidence() -> None:
    rng = np.random.default_rng(1)
    stated = rng.uniform(0.3, 1, 4000)
    rows = [(float(p), bool(rng.random() < p**2)) for p in stated]
    levels, shares = zip(*calibrate(rows), strict=True)
    mended = [(float(np.interp(p, levels, shares)), right) for p, right in rows]
    assert expected_calibration_error(mended) < 0.03 < expected_calibration_error(rows)
