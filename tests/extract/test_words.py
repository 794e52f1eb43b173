"""Words, sentences and tags: the parts of reading that need no trained network."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extract.tags import SpanScorer, allowed, decode_tags, encode_spans, tags_of
from kg.extract.words import SHAPES, shape_of, split_words
from kg.sentences import split_sentences

TAGS = tags_of(["Method", "Model"])


@given(st.text(max_size=300))
def test_words_are_slices_of_the_text_in_order(text: str) -> None:
    words = split_words(text)
    assert [text[s:e] for s, e in zip(words.starts, words.ends, strict=True)] == words.surfaces
    assert words.starts == sorted(words.starts)
    assert "".join(words.surfaces) == "".join(text.split())
    assert all(0 <= shape < len(SHAPES) for shape in words.shapes)


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("model", "lower"),
        ("Model", "Title"),
        ("GRPO", "UPPER"),
        ("LLMs", "UPPERs"),
        ("LLaMA", "Mixed"),
        ("7B", "UPPER-number"),
        ("500", "number"),
        ("-", "-"),
        ("€", "other"),
        ("naïve", "other-letters"),
    ],
)
def test_shape(word: str, shape: str) -> None:
    assert SHAPES[shape_of(word)] == shape


def test_name_with_hyphens_is_several_words_without_blanks_between() -> None:
    words = split_words("on LLaMA-2-7B.")
    assert words.surfaces == ["on", "LLaMA", "-", "2", "-", "7B", "."]
    assert [g & 1 for g in words.glue] == [0, 0, 1, 1, 1, 1, 1]


@given(st.text(max_size=400), st.integers(0, 60))
def test_sentences_hold_every_character_but_blanks(text: str, end: int) -> None:
    spans = split_sentences(text, min(end, len(text)))
    kept = "".join(text[s:e] for s, e in spans)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("abstract", "count"),
    [
        ("We propose X. It wins.", 2),
        ("Gains are large (e.g. 3.5 points vs. 2.1). It wins.", 2),
        ("As shown by Smith et al. (2020), it wins. We agree.", 2),
        ("Is it so? Yes! It is.", 3),
        ("It is 2.3x faster than X i.e. the best one.", 1),
    ],
)
def test_full_stops_that_end_no_sentence(abstract: str, count: int) -> None:
    text = f"A title. With a stop\n{abstract}"
    assert len(split_sentences(text, text.index("\n"))) == 1 + count


@st.composite
def _spans(draw: st.DrawFn) -> tuple[list[tuple[int, int, str]], int]:
    spans, at = [], 0
    for _ in range(draw(st.integers(0, 5))):
        at += draw(st.integers(0, 3))
        length = draw(st.integers(1, 4))
        spans.append((at, at + length, draw(st.sampled_from(["Method", "Model"]))))
        at += length
    return spans, at + draw(st.integers(0, 3))


@given(_spans())
def test_tags_of_spans_are_legal_and_give_the_spans_back(case: tuple[list[tuple[int, int, str]], int]) -> None:
    spans, length = case
    path = encode_spans(spans, length, TAGS)
    names = ["Method", "Model"]
    assert [(s, e, names[t]) for s, e, t in decode_tags(path)] == spans
    possible = allowed(TAGS)
    border = [-1, *path, -1]
    assert not path or all(possible[a, b] for a, b in itertools.pairwise(border))


def test_probabilities_and_best_tagging_agree_with_enumeration() -> None:
    rng = np.random.default_rng(3)
    emissions = rng.normal(size=(3, len(TAGS))).astype(np.float32)
    transitions = np.where(allowed(TAGS), rng.normal(size=(len(TAGS) + 1,) * 2), -1e4).astype(np.float32)
    scores = {}
    for path in np.ndindex(*(len(TAGS),) * 3):
        border = [-1, *path, -1]
        score = sum(transitions[a, b] for a, b in itertools.pairwise(border))
        scores[path] = float(score + sum(emissions[i, t] for i, t in enumerate(path)))
    total = np.logaddexp.reduce(list(scores.values()))
    scorer = SpanScorer.run(emissions, transitions)
    assert scorer.log_z == pytest.approx(total, abs=1e-3)
    assert scorer.best() == decode_tags(max(scores, key=lambda path: scores[path]))
    for start, end, kind in [(0, 1, 0), (0, 2, 1), (1, 3, 0), (0, 3, 1)]:
        wanted = sum(np.exp(s - total) for p, s in scores.items() if (start, end, kind) in decode_tags(p))
        assert scorer.probabilities(start, end)[kind] == pytest.approx(wanted, abs=1e-4)
