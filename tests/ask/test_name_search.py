"""Search over names: what is typed as a part of one, and what is near."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.ask.names import NameIndex
from kg.ask.text import normal_form, tokens_of

ROWS = [
    ("Method", "m1", "GRPO", ["Group Relative Policy Optimization"], 9),
    ("Method", "m2", "TreeGRPO", [], 2),
    ("Method", "m3", "policy gradient", [], 5),
    ("Method", "m4", "GRPO-lite", ["GRPO lite"], 1),
    ("Method", "m5", "off-policy learning", [], 3),
    ("Benchmark", "b1", "GSM8K", ["gsm 8k"], 7),
    ("Task", "t1", "mathematical reasoning", [], 4),
    ("Model", "d1", "Qwen", [], 4),
    ("Paper", "p1", "GRPO revisited", [], 1),
]


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex.build(ROWS)


def found(index: NameIndex, text: str, limit: int = 8) -> list[str]:
    return [each.name for each in index.search.find(text, limit)]


def test_the_whole_comes_first_then_beginnings_then_words_then_other_places(index: NameIndex) -> None:
    assert found(index, "grpo") == ["GRPO", "GRPO revisited", "GRPO-lite", "TreeGRPO"]
    assert found(index, "Policy") == ["policy gradient", "GRPO", "off-policy learning"]
    assert found(index, "policy", 1) == ["policy gradient"]


def test_two_letters_are_found_within_names_too(index: NameIndex) -> None:
    assert found(index, "rp") == ["GRPO", "TreeGRPO", "GRPO revisited", "GRPO-lite"]


def test_an_alias_is_shown_where_it_is_what_was_met(index: NameIndex) -> None:
    aliases = {each.name: each.alias for each in index.search.find("group  relative", 8)}
    assert aliases == {"GRPO": "Group Relative Policy Optimization"}
    assert index.search.find("gsm8k", 1)[0].alias is None


def test_nothing_is_found_for_nothing(index: NameIndex) -> None:
    assert found(index, "") == found(index, "  ") == found(index, "zzz") == []


def test_what_no_name_contains_has_near_ones(index: NameIndex) -> None:
    assert [each.name for each in index.search.nearest("TreGRPO", 2)] == ["TreeGRPO", "GRPO"]
    assert [each.name for each in index.search.nearest("mathematicl reasonin", 1)] == ["mathematical reasoning"]
    assert index.search.nearest("zzz", 3) == []


def test_names_are_the_nearest_of_the_labels_asked_for(index: NameIndex) -> None:
    assert [entry.name for entry in index.nearest("GSM80K", ["Benchmark"])] == ["GSM8K"]
    assert all(entry.label != "Paper" for entry in index.nearest("GRPO revisted"))


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_can_be_searched_for(index: NameIndex, text: str) -> None:
    for limit in (1, 8):
        assert len(index.search.find(text, limit)) <= limit
        assert len(index.search.nearest(text, limit)) <= limit
        assert len(index.nearest(text, limit=limit)) <= limit
    index.beginning(text, 3)


def test_half_a_character_is_a_text_too(index: NameIndex) -> None:
    assert found(index, "\ud800") == [] and index.exact(["\ud800x"]) is None


@settings(deadline=None)
@given(
    st.sampled_from([row[2] for row in ROWS if len(row[2]) > 6 and row[0] != "Paper"]),
    st.sampled_from(["left out", "doubled", "wrong", "swapped"]),
    st.data(),
)
def test_a_letter_wrong_anywhere_is_read(index: NameIndex, name: str, slip: str, data: st.DataObject) -> None:
    key = normal_form(tokens_of(name))
    at = data.draw(st.integers(0, len(key) - 2))
    changed = {
        "left out": key[:at] + key[at + 1 :],
        "doubled": key[:at] + key[at] + key[at:],
        "wrong": key[:at] + "q" + key[at + 1 :],
        "swapped": key[:at] + key[at + 1] + key[at] + key[at + 2 :],
    }[slip]
    if changed == key or len(changed) < 6 or normal_form([changed]) != changed:
        return
    match = index.typo([changed])
    assert match is not None and name in {entry.name for entries in match.entries.values() for entry in entries}
