from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kg.resolve.abbreviations import find_abbreviations

CASES = yaml.safe_load(Path(__file__).with_name("abbreviations.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:50] for case in CASES])
def test_case(case):
    text = case["text"]
    found = [[text[slice(*pair.long)], text[slice(*pair.short)]] for pair in find_abbreviations(text)]
    assert found == case["pairs"]


@given(st.text(alphabet="abAB (),[]{}\\*$:-\n2é", max_size=60))
def test_any_text_gives_spans_within_it(text):
    for pair in find_abbreviations(text):
        for start, end in (pair.long, pair.short):
            assert 0 <= start < end <= len(text)
        assert pair.long[1] <= pair.short[0] or pair.short[1] <= pair.long[0]


def test_a_definition_does_not_depend_on_the_text_around_it():
    sentence = "We use Group Relative Policy Optimization (GRPO). "
    alone = find_abbreviations(sentence)
    repeated = find_abbreviations(sentence * 3)
    assert [(p.long[0] % len(sentence), p.short[0] % len(sentence)) for p in repeated] == [
        (p.long[0], p.short[0]) for p in alone
    ] * 3
