import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.graph.value import Value, parse_value

STATED = [
    ("83.6", 83.6, ""),
    ("+4.2", 4.2, ""),
    ("-0.12", -0.12, ""),
    ("−3.1", -3.1, ""),
    (".023", 0.023, ""),
    ("50%", 50, "%"),
    ("91 percent", 91, "%"),
    ("8.49\\%", 8.49, "%"),
    ("$97.94$\\%", 97.94, "%"),
    ("$\\sim\\!\\textbf{6%}$", 6, "%"),
    ("$\\text{11.83}\\%$", 11.83, "%"),
    ("2.3x", 2.3, "x"),
    ("3X", 3, "x"),
    ("2.25times", 2.25, "x"),
    ("2.3$\\times$", 2.3, "x"),
    ("$\\mathbf{2.7\\times}$", 2.7, "x"),
    ("2.40\\(\\times\\)", 2.4, "x"),
    ("4-fold", 4, "x"),
    ("twofold", 2, "x"),
    ("twice", 2, "x"),
    ("x2", 2, "x"),
    ("2x faster", 2, "x"),
    ("1e4 times", 10000, "x"),
    ("1,200x", 1200, "x"),
    ("40% fewer", 40, "%"),
    ("3.6 percentage points", 3.6, "points"),
    ("+9.0pp", 9, "points"),
    ("2.9 p.p.", 2.9, "points"),
    ("23-point", 23, "points"),
    ("19 F1 points", 19, "points"),
    ("1.10 ms", 1.1, "ms"),
    ("29ms per token", 29, "ms/token"),
    ("sub-20 ms", 20, "ms"),
    ("60 seconds", 60, "s"),
    ("17GB", 17, "GB"),
    ("30.70 dB", 30.7, "dB"),
    ("~28.5 frames per second", 28.5, "FPS"),
    ("11 tokens per second", 11, "tokens/s"),
    ("138 tok/s", 138, "tokens/s"),
    ("$0.013", 0.013, "USD"),
    ("\\$0.6 to \\$3.4", 0.6, "USD"),
    ("$1.47 million", 1470000, "USD"),
    ("8.59 million USD", 8590000, "USD"),
    ("455k", 455000, ""),
    ("5e-4", 0.0005, ""),
    ("< 10^{-3}", 0.001, ""),
    ("$2.5 \\times 10^{3}$", 2500, ""),
    ("1283.67 mm^2", 1283.67, "mm^2"),
    ("2 orders of magnitude", 2, "orders of magnitude"),
    ("33.98 +/- 1.15 dB", 33.98, "dB"),
    ("0.70 $\\pm$ 0.041", 0.7, ""),
    ("20-50%", 20, "%"),
    ("$36\\times$ to $105\\times$", 36, "x"),
    ("between 96.0 % and 98.0 %", 96, "%"),
    ("-1.6 to -6.8pp", -1.6, "points"),
    ("from 9.5% to 82.8%", 82.8, "%"),
    ("76.3 → 81.2", 81.2, ""),
    ("8 of 12", 8, "/12"),
    ("31 of 1,800", 31, "/1800"),
    ("1.68/3", 1.68, "/3"),
    ("49.7/53.5/55.4", 49.7, ""),
    ("93.9%/91.9%", 93.9, "%"),
]


@pytest.mark.parametrize(("text", "number", "unit"), STATED)
def test_values_as_papers_write_them(text: str, number: float, unit: str) -> None:
    value = parse_value(text)
    assert value.unit == unit
    assert value.number == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "abc", "$\\mathcal{O}(N^2 \\log N)$", "O(1)", "9" * 400])
def test_what_states_no_number_has_none(text: str) -> None:
    assert parse_value(text) == Value(None, "")


numbers = st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False, allow_infinity=False)
units = st.sampled_from(
    [
        ("%", "%"),
        ("\\%", "%"),
        ("x", "x"),
        ("$\\times$", "x"),
        (" points", "points"),
        (" ms", "ms"),
        (" GB", "GB"),
        ("", ""),
    ]
)
decorations = st.sampled_from(["", "~", "over ", "more than ", "$\\sim$", "about ", "a ", "> "])


@given(numbers, st.sampled_from(["", "+", "-"]), units, decorations)
def test_a_number_keeps_its_size_sign_and_unit_under_any_decoration(number, sign, unit, decoration) -> None:
    value = parse_value(f"{decoration}{sign}{number}{unit[0]}")
    assert value == Value(float(f"{sign}{number}"), unit[1])


@given(numbers, numbers, units)
def test_a_range_counts_as_its_first_end_and_a_change_as_its_last(low, high, unit) -> None:
    assert parse_value(f"{low}-{high}{unit[0]}") == Value(float(low), unit[1])
    assert parse_value(f"from {low} to {high}{unit[0]}") == Value(float(high), unit[1])


@given(st.text(max_size=60) | st.text(alphabet="0123456789.,-+%x$\\{}^/ eKM±to", max_size=30))
def test_any_text_gives_a_finite_number_or_none(text: str) -> None:
    value = parse_value(text)
    assert value.number is None or math.isfinite(value.number)
    assert value == parse_value(text)
