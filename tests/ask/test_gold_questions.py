"""Asking alone, measured: on a graph made of annotations, answers are held against the annotations themselves."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from statistics import mean

import pytest

from kg.ask import Asker
from kg.corpus import read_papers
from kg.graph import build_graph
from kg.schema import Record
from kg.store import LadybugStore
from tests.ask.data import read
from tests.ask.gold_questions import Annotations, gold_questions


def f1(answer: frozenset[str], got: frozenset[str]) -> float:
    """The F1 of two sets."""
    return 2 * len(answer & got) / (len(answer) + len(got)) if answer or got else 1.0


def test_the_templates_are_none_of_the_phrasings_of_development() -> None:
    templates = [text for texts in read("gold_templates.yaml").values() for text in texts]
    phrasings = {text.casefold() for group in read("phrasings.yaml") for text in group["questions"]}
    assert len(set(templates)) >= 60
    assert not phrasings & {text.casefold() for text in templates}


@pytest.mark.slow
@pytest.mark.promise("questions about annotated papers are answered with a mean F1 of at least 0.97")
def test_answers_agree_with_the_annotations(shared: Path, tmp_path: Path) -> None:
    file = shared / "gold" / "dev.jsonl"
    with LadybugStore(tmp_path / "gold.lbug") as store:
        store.write(build_graph(record for record in read_papers([file]) if isinstance(record, Record)))
        asker = Asker(store)
        scores: dict[str, list[float]] = defaultdict(list)
        for question in gold_questions(Annotations.read(file), read("gold_templates.yaml")):
            got = frozenset(name.casefold() for name in asker.ask(question.text).names())
            scores[question.kind].append(f1(question.answer, got))
    by_kind = {kind: mean(values) for kind, values in scores.items()}
    for kind, score in sorted(by_kind.items(), key=lambda item: item[1]):
        print(f"{score:.3f}  {len(scores[kind]):4}  {kind}")
    assert mean(score for values in scores.values() for score in values) >= 0.97
    assert mean(by_kind.values()) >= 0.97
