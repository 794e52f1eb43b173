"""Training, on a few texts of our own; needs the extra `train`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra 'train'")

from kg.errors import InputError
from kg.evaluate.spans import read_spans, score_spans
from kg.extract import extract, load_pipeline
from kg.schema import Paper
from kg.train import Recipe, train
from kg.train.trainer import Plan

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SHORT = Recipe(name="tiny", version="1", fit=Plan(epochs=2, batch=4))


def annotated(number: int) -> dict[str, object]:
    method, bench = f"Fox{number}Net", ["GSM8K", "ImageNet", "SQuAD"][number % 3]
    return {
        "id": f"t{number}",
        "title": f"{method}: a faster way",
        "abstract": f"We propose {method}, which extends GRPO. On {bench}, it reaches 8{number % 10}.5% accuracy.",
        "entities": [
            [method, "Method", method, "proposed"],
            ["GRPO", "Method", "GRPO", "used"],
            [bench, "Benchmark", bench, "evaluated_on"],
            ["accuracy", "Metric", "accuracy", "reported"],
        ],
        "relations": [[method, "BASED_ON", "GRPO"], [method, "EVALUATED_ON", bench]],
        "results": [[method, bench, "accuracy", f"8{number % 10}.5%", "absolute", ""]],
    }


def test_papers_give_the_whole_pipeline(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("".join(json.dumps(annotated(i)) + "\n" for i in range(40)), encoding="utf-8")
    train([gold], tmp_path / "out", recipe=SHORT)
    nlp = load_pipeline(tmp_path / "out")
    (record,) = extract([Paper(id="x", title="T", abstract="We propose Fox77Net on GSM8K.")], nlp)
    assert nlp.meta["name"] == "tiny"
    assert record.text
    with pytest.raises(InputError, match="a pipeline is there already"):
        train([gold], tmp_path / "out", recipe=SHORT)


def test_spans_of_any_types_are_learnt(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    rows = [
        {
            "text": f"The gene BRC{i} binds protein Tau{i} in mice.",
            "entities": [[f"BRC{i}", "Gene"], [f"Tau{i}", "Protein"]],
        }
        for i in range(160)
    ]
    gold.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    train([gold], tmp_path / "out", recipe=SHORT.model_copy(update={"fit": Plan(epochs=3, batch=8)}))
    scores = score_spans(load_pipeline(tmp_path / "out"), read_spans(gold))
    assert set(scores) == {"all", "Gene", "Protein"}
    assert scores["all"].f1 > 0.9
