"""The pipeline that ships: what spaCy's users expect of it, and texts that are no abstracts."""

from __future__ import annotations

import random

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy import displacy
from spacy.language import Language

from kg.corpus import read_papers
from kg.errors import InputError
from kg.extract import extract, load_pipeline
from kg.resources import resource
from kg.schema import RELATION_ENDS, ROLES_OF, Paper, Record

ABSTRACT = (
    "We propose Branching Preference Optimization (BPO), which extends GRPO by a tree of rollouts. "
    "On MATH-500, BPO with Qwen2.5-7B reaches 83.6% accuracy and outperforms PPO, at 2.3x lower latency. "
    "Our method is the first of its kind for mathematical reasoning."
)
PAPER = Paper(id="p1", title="BPO: Branching Preference Optimization", abstract=ABSTRACT)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_pipeline()


@pytest.fixture(scope="module")
def sample() -> list[Paper]:
    return list(read_papers([resource("sample") / "daily-papers-b.txt"]))


def check(record: Record) -> None:
    """What holds for every record, whatever the text."""
    entities = {e.id: e for e in record.entities}
    assert len(entities) == len(record.entities)
    end = 0
    for mention in record.mentions:
        assert mention.text == record.text[mention.start : mention.end]
        assert mention.start >= end
        assert entities[mention.entity].type is mention.type
        assert 0 <= mention.confidence <= 1
        end = mention.end
    for entity in record.entities:
        assert entity.role in ROLES_OF[entity.type]
    for relation in record.relations:
        subjects, objects = RELATION_ENDS[relation.type]
        assert entities[relation.subject].type in subjects
        assert entities[relation.object].type in objects
        assert relation.subject != relation.object
        assert record.text[slice(*relation.evidence)].strip()
    for result in record.results:
        start, stop = result.evidence
        assert result.value in record.text[start:stop]
        assert {result.subject, result.benchmark, result.metric, result.baseline} - {None} <= set(entities)
        assert result.subject is None or result.subject != result.baseline


def test_a_plain_abstract(nlp: Language) -> None:
    (record,) = extract([PAPER], nlp)
    check(record)
    names = {(m.text, str(m.type)) for m in record.mentions}
    assert {("BPO", "Method"), ("GRPO", "Method"), ("MATH-500", "Benchmark"), ("accuracy", "Metric")} <= names
    by_name = {e.name: e for e in record.entities}
    assert by_name["BPO"].role == "proposed"
    relations = {(r.subject, str(r.type), r.object) for r in record.relations}
    assert (by_name["BPO"].id, "BASED_ON", by_name["GRPO"].id) in relations
    assert {"83.6%", "2.3x"} <= {r.value for r in record.results}


def test_long_form_and_abbreviation_are_one_entity(nlp: Language) -> None:
    (record,) = extract([PAPER], nlp)
    owners = {m.entity for m in record.mentions if m.text in ("BPO", "Branching Preference Optimization")}
    assert len(owners) == 1


@pytest.mark.slow
@pytest.mark.promise("The same input gives the same bytes, whatever the batch size, order or number of processes.")
def test_records_do_not_depend_on_what_is_read_beside_them(nlp: Language, sample: list[Paper]) -> None:
    alone = {p.id: next(extract([p], nlp)).model_dump_json() for p in sample}
    shuffled = random.Random(1).sample(sample, len(sample))
    assert {r.id: r.model_dump_json() for r in extract(shuffled, nlp, batch_size=3)} == alone
    assert {r.id: r.model_dump_json() for r in extract(sample, nlp, batch_size=100)} == alone
    nlp.get_pipe("kg_encoder").encoder.threads = 1
    try:
        assert {r.id: r.model_dump_json() for r in extract(sample, nlp)} == alone
    finally:
        nlp.get_pipe("kg_encoder").encoder.threads = 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "$\\pi_0$ \\textbf{\\mathcal{L}} $$x^2$$" * 20,
        "\x00\x01\x02\x1b[31m",
        "😀👩‍👩‍👧‍👦" * 50,
        "<script>alert(1)</script><b>GRPO</b>",
        "我们提出了一种新的方法，在 MATH-500 上达到 83.6%。",
        "مرحبا بالعالم GRPO",
        "a" * 5000,
        "We evaluate GRPO on MATH-500 and reach 83.6% accuracy. " * 300,
    ],
)
def test_texts_that_are_no_abstracts(nlp: Language, text: str) -> None:
    (record,) = extract([Paper(id="odd", title="", abstract=text)], nlp)
    check(record)


@pytest.mark.slow
def test_a_text_of_100_000_characters(nlp: Language) -> None:
    text = ("We evaluate GRPO on MATH-500 and reach 83.6% accuracy, 2.3x faster than PPO. " * 1300)[:100_000]
    (record,) = extract([Paper(id="long", title="Long", abstract=text)], nlp)
    check(record)
    assert len(record.mentions) > 3000


@given(st.text(max_size=200), st.text(max_size=400))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text(title: str, abstract: str) -> None:
    (record,) = extract([Paper(id="any", title=title, abstract=abstract)], load_cached())
    check(record)
    assert (record.title, record.abstract) == (title, abstract)


_CACHE: list[Language] = []


def load_cached() -> Language:
    """The pipeline, loaded once: hypothesis takes no fixture of the module."""
    if not _CACHE:
        _CACHE.append(load_pipeline())
    return _CACHE[0]


@pytest.mark.promise("It is a spaCy pipeline: spacy.load, nlp.pipe, doc.ents, doc.spans, displaCy, EntityRuler.")
def test_spacy_users_find_what_they_know(nlp: Language) -> None:
    loaded = spacy.load(resource("pipelines") / "kg_papers")
    doc = next(iter(loaded.pipe([PAPER.text])))
    assert {"Method", "Benchmark"} <= {span.label_ for span in doc.ents}
    assert [s.text for s in doc.spans["mentions"]] == [s.text for s in doc.ents]
    assert all(0 < span._.confidence <= 1 for span in doc.ents)
    assert next(iter(doc.sents)).text.strip() == PAPER.title
    assert "GRPO" in displacy.render(doc, style="ent", page=False, jupyter=False)


@pytest.mark.parametrize("place", [{"before": "kg_mentions"}, {"after": "kg_mentions"}])
def test_a_user_adds_an_entity_ruler(place: dict[str, str]) -> None:
    nlp = load_pipeline()
    ruler = nlp.add_pipe("entity_ruler", config={"overwrite_ents": True}, **place)
    ruler.add_patterns([{"label": "Model", "pattern": [{"LOWER": "rollouts"}]}])  # type: ignore[attr-defined]
    (record,) = extract([PAPER], nlp)
    check(record)
    assert ("rollouts", "Model") in {(m.text, str(m.type)) for m in record.mentions}


def test_minimum_confidence_leaves_out_what_is_uncertain(nlp: Language, sample: list[Paper]) -> None:
    strict = load_pipeline()
    strict.get_pipe("kg_mentions").min_confidence = 0.8  # type: ignore[attr-defined]
    every = [m for r in extract(sample, nlp) for m in r.mentions]
    kept = [m for r in extract(sample, strict) for m in r.mentions]
    assert all(m.confidence >= 0.8 for m in kept)
    assert 0 < len(kept) < len(every)


def test_unknown_pipeline_is_named() -> None:
    with pytest.raises(InputError, match=r"no pipeline 'nothing'.*kg_papers"):
        load_pipeline("nothing")
