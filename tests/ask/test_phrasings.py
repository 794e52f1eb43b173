"""Every way to ask that is written down gives the same names."""

from __future__ import annotations

import pytest

from kg.ask import Asker
from tests.ask.data import read

CASES = [
    (group["kind"], set(group["answer"]), question)
    for group in read("phrasings.yaml")
    for question in group["questions"]
]


@pytest.mark.parametrize(("kind", "answer", "question"), CASES, ids=[f"{k}: {q}" for k, _, q in CASES])
def test_phrasing(asker: Asker, kind: str, answer: set[str], question: str) -> None:
    got = asker.ask(question)
    assert set(got.names()) == answer, (got.intent, got.notes)
