"""Names as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.ask import Asker
from kg.ask.names import NameIndex
from kg.ask.text import normal_form, plain, tokens_of

ROWS = [
    ("Benchmark", "b1", "MATH500", ["MATH-500", "Math 500"], 9),
    ("Benchmark", "b2", "MATH", ["MATH"], 5),
    ("Task", "t1", "mathematical reasoning", ["math", "mathematical reasoning"], 7),
    ("Method", "m1", "VAE", ["VAE", "variational autoencoders"], 3),
    ("Method", "m2", "π_0", ["$\\pi_0$", "π0"], 1),
    ("Method", "m3", "Schrödinger bridge", [], 1),
    ("Method", "m4", "MoE$^2$", ["\\texttt{MoE2}"], 1),
    ("Model", "d1", "LLaMA-2-7B", ["Llama 2 7B"], 4),
    ("Model", "d2", "LLaMA-3-8B", [], 6),
    ("Model", "d3", "Llama-3.2-1B", [], 2),
    ("Model", "d4", "Qwen2.5", [], 2),
    ("Model", "d5", "DeiT-S", [], 2),
    ("Model", "d6", "DeiT", [], 2),
    ("Method", "m5", "FlashDecoding++", [], 1),
    ("Method", "m6", "FlashDecoding", [], 1),
    ("Metric", "k1", "mean squared error", ["MSE"], 1),
]


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex.build(ROWS)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("math-500", "MATH500"), ("Math 500", "MATH500"), ("MATH_500", "MATH500"), ("VAEs", "VAE"),
        ("variational autoencoder", "VAE"), ("\\pi_0", "π_0"), ("pi0", "π_0"), ("π₀", "π_0"),
        ("Schrodinger bridges", "Schrödinger bridge"), ("MoE2", "MoE$^2$"), ("moe^2", "MoE$^2$"),
        ("qwen 2.5", "Qwen2.5"), ("Qwen-2.5", "Qwen2.5"), ("llama-2 7b", "LLaMA-2-7B"), ("deit-s", "DeiT-S"),
        ("deit", "DeiT"), ("FlashDecoding++", "FlashDecoding++"), ("flash decoding", "FlashDecoding"),
        ("mse", "mean squared error"), ("ＭＡＴＨ５００", "MATH500"),
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(index: NameIndex, written: str, name: str) -> None:
    match = index.exact(tokens_of(written))
    assert match and {entry.name for entries in match.entries.values() for entry in entries} == {name}


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_has_a_normal_form_that_case_does_not_change(text: str) -> None:
    tokens = tokens_of(text)
    if tokens and text.isascii():
        assert normal_form(tokens) == normal_form(tokens_of(text.upper())) or "\\" in text


@settings(deadline=None)
@given(st.text(max_size=60))
def test_plain_never_fails(text: str) -> None:
    assert isinstance(plain(text), str)


def test_one_letter_wrong_is_read_in_longer_names_only(index: NameIndex) -> None:
    match = index.typo(["mathematicl", "reasoning"])
    assert match and match.entries["Task"][0].id == "t1"
    assert index.typo(["VAF"]) is None


def test_a_wrong_digit_is_another_name(index: NameIndex) -> None:
    assert index.typo(["MATH501"]) is None
    assert index.typo(["LLaMA", "2", "8B"]) is None


def test_the_own_name_goes_before_an_alias(index: NameIndex) -> None:
    match = index.exact(["math"])
    assert match and set(match.entries) == {"Benchmark", "Task"}
    assert match.best(["Benchmark", "Task"]) == ["Benchmark"]
    assert match.best(["Task"]) == ["Task"]


def test_a_family_is_what_begins_alike_at_a_border(index: NameIndex) -> None:
    assert {e.name for e in index.family(["llama"], ["Model"])} == {"LLaMA-2-7B", "LLaMA-3-8B", "Llama-3.2-1B"}
    assert {e.name for e in index.family(["LLaMA-3"], ["Model"])} == {"LLaMA-3-8B"}
    assert index.family(["lla"], ["Model"]) == []


def test_a_family_is_what_the_graph_says_it_is() -> None:
    index = NameIndex.build(
        [("Model", "a", "Alpaca", [], 1), ("Model", "l", "LLaMA", [], 1), ("Model", "v", "Vicuna", [], 1)],
        [("Model", "l", "Model", "a"), ("Model", "a", "Model", "v")],
    )
    assert {e.name for e in index.family(["LLaMA"], ["Model"])} == {"LLaMA", "Alpaca", "Vicuna"}


def test_the_nearest_names_come_first(index: NameIndex) -> None:
    assert [entry.name for entry in index.nearest("MATHS 500", ["Benchmark"])] == ["MATH500", "MATH"]
    assert index.nearest("zzzzzz", ["Benchmark"]) == []


def test_an_unknown_name_gets_the_nearest_and_no_rows(asker: Asker) -> None:
    answer = asker.ask("which methods report on MATH5000")
    assert answer.rows == () and answer.intent is None
    assert any("no name 'MATH5000'" in note for note in answer.notes)
    assert any("MATH500" in note for note in answer.notes)
    assert "which methods report on MATH500" in answer.suggestions


def test_a_known_name_with_something_unknown_beside_it_is_not_taken_for_itself(asker: Asker) -> None:
    answer = asker.ask("which papers use LLaMA 9000B")
    assert answer.rows == () and "'LLaMA 9000B'" in answer.notes[0]


def test_a_part_of_several_names_offers_a_choice(asker: Asker) -> None:
    answer = asker.ask("which papers use LLaMA")
    assert answer.rows == ()
    assert "LLaMA-2-7B" in answer.notes[0] and "LLaMA-3-8B" in answer.notes[0]
    assert "which papers use LLaMA-2-7B" in answer.suggestions


def test_a_part_of_one_name_is_taken_for_it_and_said(asker: Asker) -> None:
    answer = asker.ask("who proposed FastServe")
    assert answer.names() == ["FastServe-Lite: Latency-Aware Code Generation with LLaMA-3-8B"]
    assert any("FastServe-Lite" in note for note in answer.notes)


def test_a_misread_name_is_said(asker: Asker) -> None:
    assert "Read 'TreeGPRO' as TreeGRPO." in asker.ask("what is TreeGPRO").notes


def test_a_name_of_two_types_is_shown_as_both(asker: Asker) -> None:
    answer = asker.ask("what is membership inference")
    assert {row[answer.columns.index("type")] for row in answer.rows} == {"Method", "Task"}


def test_a_title_is_a_name(asker: Asker) -> None:
    answer = asker.ask("which methods does Probing as a Defence Against Extraction use?")
    assert set(answer.names()) == {"membership inference", "distillation"}
