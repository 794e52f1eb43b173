"""How the numbers of results are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extract.facts import trim_value


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (r"6 \times}$", r"6 \times"),
        ("78.97$", "78.97"),
        (r"$50\%$", r"$50\%$"),
        (r"$11\sim55\%", r"11\sim55\%"),
        (r"\mathbf{0.43}", r"\mathbf{0.43}"),
        ("{12", "12"),
        ("3.2x", "3.2x"),
    ],
)
def test_marks_of_what_stands_around_a_number_are_left_out(found: str, wanted: str) -> None:
    assert trim_value(found) == wanted


@given(st.text("0123456789.%${} "))
def test_a_trimmed_number_is_part_of_what_was_found_and_stays(found: str) -> None:
    trimmed = trim_value(found)
    assert trimmed in found
    assert trim_value(trimmed) == trimmed
    assert [c for c in trimmed if c.isdigit()] == [c for c in found if c.isdigit()]
