"""What stands in a list."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extract import extract, load_pipeline
from kg.extract.coordination import parallel, runs, share_out
from kg.schema import Paper


@pytest.mark.parametrize(
    ("mention", "goes_on", "names"),
    [
        ("LLaMA-2 7B", " and 13B win", ["LLaMA-2 7B", "LLaMA-2 13B"]),
        ("Qwen2.5-7B", "/14B/32B", ["Qwen2.5-7B", "Qwen2.5-14B", "Qwen2.5-32B"]),
        ("AIME 2024", " and 2025", ["AIME 2024", "AIME 2025"]),
        ("AIME 2024", ", 2025, and 13 others", ["AIME 2024", "AIME 2025"]),
        ("ImageNet 256x256", " and 512x512", ["ImageNet 256x256", "ImageNet 512x512"]),
        ("GPT-4", " and 5 others", ["GPT-4"]),
        ("ImageNet", " and 2024", ["ImageNet"]),
        ("Qwen 7B", " and 13B-Chat", ["Qwen 7B"]),
        ("AIME 2024 and 2025", "", ["AIME 2024", "AIME 2025"]),
    ],
)
def test_names_share_their_beginning(mention: str, goes_on: str, names: list[str]) -> None:
    assert [name for *_, name in share_out(mention + goes_on, 0, len(mention))] == names


@given(st.text(st.sampled_from("aB7- ,/0125nd"), max_size=30), st.integers(0, 10), st.integers(1, 12))
def test_what_is_shared_out_lies_in_order_and_begins_with_the_mention(text: str, start: int, length: int) -> None:
    end = min(len(text), start + length)
    if start >= end:
        return
    found = list(share_out(text, start, end))
    assert found[0][0] == start
    assert all(a < b <= c for (a, b, _), (c, *_) in pairwise(found))
    assert text[start : found[0][1]] == found[0][2]


def spans(text: str, *parts: str) -> list[tuple[int, int]]:
    return [(text.index(part), text.index(part) + len(part)) for part in parts]


def test_values_belong_to_the_names_at_their_places() -> None:
    text = "On AIME, MATH-500 and GPQA it reaches 79.8%, 97.3% and 71.5%, not 12."
    values, names = spans(text, "79.8", "97.3", "71.5", "12"), spans(text, "AIME", "MATH-500", "GPQA")
    assert runs(text, values) == [[0, 1, 2]]
    assert parallel(text, [(0, len(text))], values, names) == {0: 0, 1: 1, 2: 2}


def test_lists_of_different_length_or_in_other_sentences_are_left_alone() -> None:
    text = "On AIME and GPQA. It reaches 79.8, 97.3 and 71.5."
    values = spans(text, "79.8", "97.3", "71.5")
    assert parallel(text, [(0, len(text))], values, spans(text, "AIME", "GPQA")) == {}
    assert parallel(text, [(0, 17), (18, len(text))], values[:2], spans(text, "AIME", "GPQA")) == {}


@pytest.mark.slow
def test_a_list_of_scores_gives_a_result_for_each_benchmark() -> None:
    abstract = "We propose FoxNet. On AIME 2024, MATH-500 and GPQA, FoxNet reaches 79.8, 97.3 and 71.5 accuracy."
    (record,) = extract([Paper(id="x", title="FoxNet: reasoning", abstract=abstract)], load_pipeline())
    name = {e.id: e.name for e in record.entities}
    assert [(name[r.benchmark or ""], r.value) for r in record.results] == [
        ("AIME 2024", "79.8"),
        ("MATH-500", "97.3"),
        ("GPQA", "71.5"),
    ]


@pytest.mark.slow
def test_no_name_goes_on_from_the_title_into_the_abstract() -> None:
    (record,) = extract([Paper(id="x", title="HenNet", abstract="HenNet beats LoRA on GSM8K.")], load_pipeline())
    assert all("\n" not in m.text for m in record.mentions)
