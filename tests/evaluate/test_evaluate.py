"""The scores and errors of ``kg.evaluate``, on small cases and against the reference scorer."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kg.evaluate import b_cubed, evaluate, find_errors
from kg.evaluate.alignment import same_name_key, value_key
from kg.evaluate.gold import AnnotatedPaper
from kg.schema import EntityType, Record

TEXT = {"id": "p1", "title": "FooNet beats BarNet", "abstract": "FooNet reaches 91.5% accuracy on Baz-1."}
GOLD = AnnotatedPaper.model_validate(
    TEXT
    | {
        "entities": [
            ["FooNet", "Method", "FooNet", "proposed"],
            ["BarNet", "Model", "BarNet", "baseline"],
            ["accuracy", "Metric", "accuracy", "reported"],
            ["Baz-1", "Benchmark", "Baz-1", "evaluated_on"],
        ],
        "relations": [["FooNet", "EVALUATED_ON", "Baz-1"], ["FooNet", "OUTPERFORMS", "BarNet"]],
        "results": [["FooNet", "Baz-1", "accuracy", "91.5%", "absolute", ""]],
    }
)


def perfect(gold: AnnotatedPaper) -> dict[str, Any]:
    """The extraction record that says exactly what the annotation says."""
    text = gold.text
    canonical = {surface: name for surface, _, name, _ in gold.entities}
    spans = sorted(gold.mention_spans)
    names = {name: (type_, role) for _, type_, name, role in gold.entities}
    return {
        "id": gold.id,
        "title": gold.title,
        "abstract": gold.abstract,
        "mentions": [
            {"start": s, "end": e, "text": text[s:e], "type": str(t), "entity": canonical[text[s:e]]}
            for s, e, t in spans
        ],
        "entities": [{"id": n, "name": n, "type": str(t), "role": str(r)} for n, (t, r) in names.items()],
        "relations": [
            {"subject": s, "type": str(t), "object": o, "evidence": [0, len(text)]} for s, t, o in gold.relations
        ],
        "results": [
            {
                "subject": s or None,
                "benchmark": b or None,
                "metric": m,
                "baseline": base or None,
                "value": v,
                "kind": k,
                "evidence": [0, len(text)],
            }
            for s, b, m, v, k, base in gold.results
        ],
    }


def record(**changes: Any) -> Record:
    return Record.model_validate(perfect(GOLD) | changes)


def test_a_perfect_prediction_scores_one_everywhere_and_has_no_errors() -> None:
    scores = evaluate([GOLD], [record()])
    assert {name: score.f1 for name, score in scores.items() if score.annotated} == {
        name: 1.0 for name, score in scores.items() if score.annotated
    }
    assert scores["mention"].annotated == 5
    assert list(find_errors([GOLD], [record()])) == []


def test_a_paper_without_a_prediction_counts_as_all_missed() -> None:
    scores = evaluate([GOLD], [])
    assert (scores["mention"].recall, scores["mention"].predicted, scores["relation"].recall) == (0.0, 0, 0.0)
    assert {error.kind for error in find_errors([GOLD], [])} == {"missed"}


def test_errors_say_what_kind_they_are_and_show_the_text() -> None:
    mentions = perfect(GOLD)["mentions"]
    by_text = {(m["text"], m["start"]): m for m in mentions}
    bar, baz = by_text["BarNet", 13], by_text["Baz-1", GOLD.text.index("Baz-1")]
    changed = [
        m | {"type": "Method"} if m is bar else m | {"end": m["end"] - 2, "text": "Baz"} if m is baz else m
        for m in mentions
        if m["text"] != "accuracy"
    ]
    beats = {"start": 7, "end": 12, "text": "beats", "type": "Task", "entity": "beats"}
    errors = [e for e in find_errors([GOLD], [record(mentions=[*changed, beats])]) if e.what == "mention"]
    assert {(e.kind, e.text) for e in errors} == {
        ("type", "'BarNet' Model, predicted 'BarNet' Method"),
        ("boundary", "'Baz-1' Benchmark, predicted 'Baz' Benchmark"),
        ("missed", "'accuracy' Metric"),
        ("spurious", "'beats' Task"),
    }
    assert next(e for e in errors if e.kind == "spurious").context == (
        "FooNet [beats] BarNet FooNet reaches 91.5% accuracy on"
    )


def test_role_relation_and_result_errors() -> None:
    entities = [e | {"role": "used"} if e["id"] == "BarNet" else e for e in perfect(GOLD)["entities"]]
    relations = [{"subject": "BarNet", "type": "OUTPERFORMS", "object": "FooNet", "evidence": [0, 19]}]
    results = [perfect(GOLD)["results"][0] | {"value": "19.5%"}]
    errors = find_errors([GOLD], [record(entities=entities, relations=relations, results=results)])
    assert {(e.what, e.kind, e.text) for e in errors} == {
        ("role", "type", "'BarNet' baseline, predicted used"),
        ("relation", "spurious", "'BarNet' OUTPERFORMS 'FooNet'"),
        ("relation", "missed", "'FooNet' EVALUATED_ON 'Baz-1'"),
        ("relation", "missed", "'FooNet' OUTPERFORMS 'BarNet'"),
        ("result", "spurious", "19.5% (absolute) accuracy of 'FooNet' on 'Baz-1'"),
        ("result", "missed", "91.5% (absolute) accuracy of 'FooNet' on 'Baz-1'"),
    }


def test_names_and_values_that_are_the_same() -> None:
    assert same_name_key("MATH-500") == same_name_key("Math 500")
    assert same_name_key("VAEs") == same_name_key("VAE") and same_name_key("loss") == "loss"
    assert value_key(r"1,050.5\%") == value_key("1050.5 %") != value_key("1050.5")


def test_b_cubed_punishes_a_merge_and_a_split() -> None:
    merged = b_cubed([("a", 1), ("b", 1)])
    assert (merged.precision, merged.recall) == (0.5, 1.0)
    split = b_cubed([("a", 1), ("a", 2)])
    assert (split.precision, split.recall) == (1.0, 0.5)
    assert b_cubed([("a", 1), ("b", 2)]).annotated == 0


@pytest.fixture(scope="module")
def reference() -> tuple[ModuleType, list[dict[str, Any]]]:
    shared = Path(__file__).parents[2].parent / "shared"
    script, gold = shared / "score" / "score.py", shared / "gold" / "dev.jsonl"
    if not script.exists() or not gold.exists():
        pytest.skip("the reference scorer and the annotated papers are not beside this checkout")
    spec = importlib.util.spec_from_file_location("reference_score", script)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]


def disturb(record: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """Gives a perfect record some errors of every kind, names that several papers share among them."""
    types = [str(t) for t in EntityType]
    ids = {e["id"]: e["id"].casefold() for e in record["entities"]}
    for name in dice.sample(sorted(ids), k=min(2, len(ids))):
        ids[name] = dice.choice(["shared 1", "shared 2"])

    def id_of(name: str | None) -> str | None:
        return ids.get(name, name) if name else name

    mentions = []
    for mention in record["mentions"]:
        chance = dice.random()
        if chance < 0.1:
            continue
        changed = mention | {"entity": id_of(mention["entity"])}
        if chance < 0.2:
            changed |= {"type": dice.choice(types)}
        elif chance < 0.3:
            changed |= {"end": mention["end"] + 1}
        mentions.append(changed)
    entities = {
        id_of(e["id"]): e | {"id": id_of(e["id"])} | ({"role": "mentioned"} if dice.random() < 0.2 else {})
        for e in record["entities"]
        if dice.random() > 0.05
    }
    relations = [r | {"subject": id_of(r["subject"]), "object": id_of(r["object"])} for r in record["relations"]]
    turned = [r | {"subject": r["object"], "object": r["subject"]} for r in relations[:1]]
    results = [
        r
        | {"subject": id_of(r["subject"]), "benchmark": id_of(r["benchmark"]), "metric": id_of(r["metric"])}
        | ({"value": r["value"] + "1"} if dice.random() < 0.2 else {})
        | ({"kind": "relative"} if dice.random() < 0.2 else {})
        for r in record["results"]
    ]
    kept = [r for r in relations if dice.random() > 0.2]
    return record | {
        "mentions": mentions,
        "entities": list(entities.values()),
        "relations": kept + turned,
        "results": results,
    }


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_scores_are_those_of_the_reference_scorer(
    reference: tuple[ModuleType, list[dict[str, Any]]], seed: int
) -> None:
    module, raw = reference
    dice = random.Random(seed)
    gold = [AnnotatedPaper.model_validate(paper) for paper in raw]
    predicted = [disturb(perfect(paper), dice) for paper in gold if dice.random() > 0.05]
    expected, _ = module.score(raw, predicted)
    scores = evaluate(gold, [Record.model_validate(p) for p in predicted])
    ours = {
        name: {
            "p": round(100 * s.precision, 1),
            "r": round(100 * s.recall, 1),
            "f1": round(100 * s.f1, 1),
            "gold": s.annotated,
            "predicted": s.predicted,
        }
        for name, s in scores.items()
    }
    assert ours == expected
    assert 20 < expected["mention"]["f1"] < 95, "the disturbance should make a middling prediction"
