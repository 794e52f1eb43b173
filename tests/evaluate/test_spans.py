"""Texts with spans of any types: both formats, and their scores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.evaluate.spans import read_spans, types_of

CONLL = """We\t100\tO
test\t103\tO
on\t108\tO
Penn\t111\tB-DATASET
Treebank\t116\tI-DATASET
with\t125\tO
F1\t130\tB-METRIC
.\t132\tO

Tagging\t134\tB-TASK
parsing\t142\tB-TASK
"""


def test_conll_gives_texts_with_spans_at_their_offsets(tmp_path: Path) -> None:
    file = tmp_path / "a.conll"
    file.write_text(CONLL, encoding="utf-8")
    first, second = read_spans(file)
    assert first.text == "We test on Penn Treebank with F1."
    assert {(first.text[s:e], kind) for s, e, kind in first.spans} == {("Penn Treebank", "DATASET"), ("F1", "METRIC")}
    assert {(second.text[s:e], kind) for s, e, kind in second.spans} == {("Tagging", "TASK"), ("parsing", "TASK")}
    assert types_of([first, second]) == ["DATASET", "METRIC", "TASK"]


def test_json_lines_of_any_types(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    row = {"text": "The gene BRCA1 and BRCA1-like ones.", "entities": [["BRCA1", "Gene"]]}
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    (text,) = read_spans(file)
    assert sorted(text.spans) == [(9, 14, "Gene"), (19, 24, "Gene")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "holds no annotated text"),
        ("one two\n", "a.txt:1: this line is not a token, its offset and a BIO tag"),
        ("word\t3\tO\nword\tx\tO\n", "a.txt:2: this line"),
        ('{"text": "x", "entities": []}\n{"text": 1}\n', "a.txt:2: this is no annotated text"),
    ],
)
def test_bad_files_are_named_with_their_line(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "a.txt"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message.replace(".", r"\.")):
        read_spans(file)


@given(
    st.lists(
        st.tuples(st.from_regex(r"[a-z]{1,6}", fullmatch=True), st.sampled_from(["O", "B-X", "I-X", "B-Y"])), min_size=1
    )
)
def test_spans_are_the_tagged_tokens(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    file = tmp_path_factory.mktemp("conll") / "a.conll"
    offset, lines = 0, []
    for token, tag in rows:
        lines.append(f"{token}\t{offset}\t{tag}")
        offset += len(token) + 1
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (text,) = read_spans(file)
    assert text.text == " ".join(token for token, _ in rows)
    tagged = [token for token, tag in rows if tag != "O"]
    assert " ".join(text.text[s:e] for s, e, _ in sorted(text.spans)).split() == tagged
