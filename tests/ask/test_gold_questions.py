"""Answers held against annotations, by kind: on a graph made of them, and on the graph extracted from their papers.

``pytest tests/ask/test_gold_questions.py -s`` prints F1 by kind and the questions that failed on the former.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from statistics import mean

import pytest

from kg import KnowledgeGraph
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


def measure(asker: Asker, gold: Path, *, failed: bool = False) -> tuple[float, float]:
    """The mean F1 over questions and over kinds; prints both, and F1 by kind."""
    scores: dict[str, list[float]] = defaultdict(list)
    for question in gold_questions(Annotations.read(gold), read("gold_templates.yaml")):
        got = frozenset(name.casefold() for name in asker.ask(question.text).names())
        scores[question.kind].append(f1(question.answer, got))
        if failed and scores[question.kind][-1] < 1:
            print(f"failed: {question.text}")
    for kind, values in scores.items():
        print(f"{mean(values):.3f}  {len(values):4}  {kind}")
    by_question, by_kind = mean(v for values in scores.values() for v in values), mean(map(mean, scores.values()))
    print(f"{by_question:.3f}  over questions, {by_kind:.3f} over kinds")
    return by_question, by_kind


def test_the_templates_are_none_of_those_of_development() -> None:
    templates = {text.casefold() for texts in read("gold_templates.yaml").values() for text in texts}
    assert len(templates) >= 60
    assert not templates & {text.casefold() for group in read("phrasings.yaml") for text in group["questions"]}
    assert not templates & {
        text.casefold() for texts in read("gold_templates_development.yaml").values() for text in texts
    }


@pytest.mark.slow
@pytest.mark.promise("questions about annotated papers are answered with a mean F1 of at least 0.97")
def test_answers_agree_with_the_annotations(shared: Path, tmp_path: Path) -> None:
    gold = shared / "gold" / "dev.jsonl"
    with LadybugStore(tmp_path / "gold.lbug") as store:
        store.write(build_graph(record for record in read_papers([gold]) if isinstance(record, Record)))
        assert min(measure(Asker(store), gold, failed=True)) >= 0.97


@pytest.mark.slow
def test_answers_end_to_end(shared: Path, tmp_path: Path) -> None:
    gold, papers = shared / "gold" / "dev.jsonl", tmp_path / "papers.jsonl"
    with papers.open("w", encoding="utf-8") as file:
        for line in gold.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            print(json.dumps({key: record[key] for key in ("id", "title", "abstract")}), file=file)
    with KnowledgeGraph(tmp_path / "graph.lbug") as graph:
        graph.build([papers])
        assert min(measure(graph.asker(), gold)) >= 0.5, "extraction sets the bound; asking must not fall below it"
