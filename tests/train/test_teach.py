"""Papers annotated by trained pipelines for another to learn from; needs the extra `train`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra 'train'")

from kg.errors import InputError
from kg.extract import load_pipeline
from kg.extract.encode import Vocabulary
from kg.extract.known import KnownNames
from kg.resources import resource
from kg.schema import Paper, Record
from kg.train import train
from kg.train.data import Example, make_example
from kg.train.recipe import registry_lexicon
from kg.train.teach import TeachPlan, teach

pytestmark = pytest.mark.slow

PAPERS = [
    Paper(
        id="a", title="FoxNet", abstract="We propose FoxNet, which extends GRPO. On GSM8K it reaches 83.5% accuracy."
    ),
    Paper(id="b", title="", abstract="The weather was fine and nobody measured anything."),
    Paper(id="c", title="HareBench", abstract="HareBench has 900 questions, of which GPT-4 answers 41.2%."),
]
VOCABULARY = Vocabulary.read(resource("pipelines") / "kg_papers" / "kg_encoder" / "tokenizer.json")
LEXICON = registry_lexicon()


def make(record: Record) -> Example:
    return make_example(record, VOCABULARY, LEXICON.tag, ["accuracy"], KnownNames())


def taught(file: Path, papers: list[Paper]) -> list[Example]:
    return teach([load_pipeline(), load_pipeline()], papers, TeachPlan(papers=9), make, file)


def test_what_teachers_see_becomes_examples_with_probabilities(tmp_path: Path) -> None:
    examples = taught(tmp_path / "taught.jsonl", PAPERS)
    assert [e.id for e in examples] == ["a", "c"]
    for example in examples:
        assert len(example.encoded.words) == len(example.entity_tags)
        assert np.allclose(example.roles.sum(axis=1), 1, atol=0.01)
        assert ((example.relations >= 0) & (example.relations <= 1)).all()
    assert any(examples[0].entity_tags)
    assert any(0 < chance < 1 for chance in examples[0].relations.ravel())


def test_a_call_that_was_stopped_goes_on_after_the_last_whole_line(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    taught(whole, PAPERS)
    lines = whole.read_bytes().splitlines(keepends=True)
    marked = json.loads(lines[0]) | {"record": json.loads(lines[0])["record"] | {"id": "kept"}}
    cut.write_bytes(json.dumps(marked).encode() + b"\n" + lines[1][:20])
    assert [e.id for e in taught(cut, PAPERS)] == ["kept", "c"]
    assert cut.read_bytes().splitlines(keepends=True)[1:] == lines[1:]


def test_teachers_need_papers_to_annotate(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(
        '{"id": "a", "title": "FoxNet", "abstract": "FoxNet is new.", '
        '"entities": [["FoxNet", "Method", "FoxNet", "proposed"]], "relations": [], "results": []}\n'
    )
    with pytest.raises(InputError, match="there is nothing to teach by"):
        train([gold], tmp_path / "out", teachers=[resource("pipelines") / "kg_papers"])
