from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.corpus import paper_id, read_papers
from kg.errors import InputError
from kg.schema import Paper, Record

TITLE = "Ember: Faster Decoding"
ABSTRACT = "Ember beats EAGLE on GSM8K. It reaches 83.6 accuracy. Decoding is 2.5x faster than with EAGLE."


def annotation(**changes: Any) -> dict[str, Any]:
    return {
        "id": "2501.01234",
        "title": TITLE,
        "abstract": ABSTRACT,
        "entities": [
            ["Ember", "Method", "Ember", "proposed"],
            ["EAGLE", "Method", "EAGLE", "baseline"],
            ["GSM8K", "Benchmark", "GSM8K", "evaluated_on"],
            ["accuracy", "Metric", "accuracy", "reported"],
        ],
        "relations": [["Ember", "OUTPERFORMS", "EAGLE"], ["Ember", "EVALUATED_ON", "GSM8K"]],
        "results": [
            ["Ember", "GSM8K", "accuracy", "83.6", "absolute", ""],
            ["Ember", "", "speedup", "2.5x", "relative", "EAGLE"],
        ],
    } | changes


def read(folder: Path, *lines: object, name: str = "papers.txt") -> list[Paper]:
    path = folder / name
    path.write_text("".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines))
    return list(read_papers([path]))


def as_record(folder: Path, **changes: Any) -> Record:
    (record,) = read(folder, annotation(**changes))
    assert isinstance(record, Record)
    return record


# JSON lines of papers ------------------------------------------------------------------------------------------------


def test_a_line_becomes_a_paper_with_its_metadata(tmp_path: Path) -> None:
    line = {
        "id": "2501.01234v2",
        "title": TITLE,
        "abstract": ABSTRACT,
        "category": "cs.CL",
        "url": "https://example.org",
    }
    line |= {"published": "2025-01-03T10:00:00", "authors": ["A. Ash", "B. Birch"], "doi": "10.1000/1"}
    assert read(tmp_path, line) == [
        Paper(
            id="2501.01234",
            arxiv_id="2501.01234",
            title=TITLE,
            abstract=ABSTRACT,
            source=("papers.txt",),
            url="https://example.org",
            published="2025-01-03",
            authors=("A. Ash", "B. Birch"),
            doi="10.1000/1",
            categories=("cs.CL",),
        )
    ]


@pytest.mark.parametrize(
    ("given", "arxiv"),
    [
        ("arXiv:2501.01234", "2501.01234"),
        ("http://arxiv.org/abs/2501.01234v1", "2501.01234"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("W123456", None),
        (17, None),
        (None, None),
    ],
)
def test_only_an_id_of_arxiv_is_kept(tmp_path: Path, given: object, arxiv: str | None) -> None:
    (paper,) = read(tmp_path, {"id": given, "title": TITLE, "abstract": None, "date": None})
    assert (paper.id, paper.arxiv_id, paper.abstract) == (arxiv or paper_id(TITLE), arxiv, "")


def test_white_space_in_the_text_is_kept_since_offsets_count_it(tmp_path: Path) -> None:
    (paper,) = read(tmp_path, "\n", {"title": TITLE, "abstract": " Two\n lines. \u2028"}, "\n")
    assert paper.abstract == " Two\n lines. \u2028"


def test_gzip_is_recognised_by_content(tmp_path: Path) -> None:
    path = tmp_path / "papers.bin"
    path.write_bytes(gzip.compress(json.dumps({"title": TITLE, "abstract": ABSTRACT}).encode()))
    (paper,) = read_papers([path])
    assert (paper.title, paper.source) == (TITLE, ("papers.bin",))


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        ("{\n", "Invalid JSON"),
        ("[1]\n", "the line: "),
        ({"abstract": ABSTRACT}, "title: Field required"),
        ({"title": " ", "abstract": ABSTRACT}, "title: "),
        ({"title": TITLE, "abstract": ABSTRACT, "published": "May"}, "published: "),
        ('{"title": "\\ud800", "abstract": ""}\n', "Invalid JSON"),
    ],
)
def test_a_broken_line_is_reported_with_its_number(tmp_path: Path, second: object, problem: str) -> None:
    with pytest.raises(InputError) as raised:
        read(tmp_path, {"title": TITLE, "abstract": ABSTRACT}, second)
    assert str(raised.value).startswith(f"{tmp_path / 'papers.txt'}:2: {problem}")
    assert "; write one JSON object a line" in str(raised.value)


def test_a_first_line_that_is_broken_is_reported_as_json(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"papers\.txt:1: Invalid JSON"):
        read(tmp_path, '{"title": \n')


# Annotations ---------------------------------------------------------------------------------------------------------


def test_an_annotation_becomes_a_record(tmp_path: Path) -> None:
    record = as_record(tmp_path)
    assert (record.id, record.arxiv_id, record.source) == ("2501.01234", "2501.01234", ("papers.txt",))
    assert [(m.text, m.entity) for m in record.mentions] == [
        ("Ember", "method:ember"),
        ("Ember", "method:ember"),
        ("EAGLE", "method:eagle"),
        ("GSM8K", "benchmark:gsm8k"),
        ("accuracy", "metric:accuracy"),
        ("EAGLE", "method:eagle"),
    ]
    assert all(record.text[m.start : m.end] == m.text for m in record.mentions)
    assert {e.id: str(e.role) for e in record.entities}["benchmark:gsm8k"] == "evaluated_on"


def test_evidence_is_the_sentence_that_states_it(tmp_path: Path) -> None:
    record = as_record(tmp_path)

    def sentence(span: tuple[int, int]) -> str:
        return record.text[slice(*span)]

    assert [sentence(r.evidence) for r in record.relations] == ["Ember beats EAGLE on GSM8K."] * 2
    assert not any(r.inferred for r in record.relations)
    assert [sentence(r.evidence) for r in record.results] == [
        "It reaches 83.6 accuracy.",
        "Decoding is 2.5x faster than with EAGLE.",
    ]


def test_a_relation_that_no_sentence_states_is_inferred(tmp_path: Path) -> None:
    record = as_record(tmp_path, abstract="We beat EAGLE on GSM8K.", results=[], entities=annotation()["entities"][:3])
    assert all(r.inferred and record.text[slice(*r.evidence)] == "We beat EAGLE on GSM8K." for r in record.relations)


def test_an_implied_metric_is_an_entity_without_mention(tmp_path: Path) -> None:
    record = as_record(tmp_path)
    assert record.results[1].metric == "metric:speedup"
    assert "metric:speedup" in {e.id for e in record.entities} - {m.entity for m in record.mentions}


def test_the_longest_name_is_the_mention(tmp_path: Path) -> None:
    entities = [["EAGLE", "Method", "EAGLE", "used"], ["EAGLE 2", "Method", "EAGLE-2", "proposed"]]
    record = as_record(
        tmp_path, abstract="EAGLE 2 extends EAGLE, not EAGLE2.", entities=entities, relations=[], results=[]
    )
    assert [(m.text, m.start - len(TITLE) - 1) for m in record.mentions] == [("EAGLE 2", 0), ("EAGLE", 16)]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"entities": [["Medusa", "Method", "Medusa", "used"]]}, "'Medusa' does not stand in the text"),
        ({"entities": [["Ember", "Animal", "Ember", "used"]]}, "entities.0.1: "),
        ({"entities": [["Ember", "Method", "Ember", "trained_on"]]}, "cannot have the role 'trained_on'"),
        ({"relations": [["Ember", "BASED_ON", "Medusa"]]}, "'Medusa' is the canonical name of no entity"),
        ({"relations": [["Ember", "BASED_ON", "GSM8K"]]}, "a Benchmark, where only Method or Model may stand"),
        ({"results": [["Ember", "", "speedup", "9x", "relative", ""]]}, "the value '9x' does not stand in the text"),
    ],
)
def test_a_wrong_annotation_is_reported_with_its_line(tmp_path: Path, changes: dict[str, Any], problem: str) -> None:
    if "entities" in changes:
        changes = {"relations": [], "results": []} | changes
    with pytest.raises(InputError) as raised:
        read(tmp_path, annotation(), annotation(**changes))
    assert raised.value.line == 2
    assert problem in str(raised.value)


@pytest.mark.slow
def test_all_annotated_papers_become_records(shared: Path) -> None:
    records = list(read_papers([shared / "gold" / "dev.jsonl", shared / "gold" / "train.jsonl"]))
    assert len(records) == 94 + 416
    for record, line in zip(records, (shared / "gold" / "dev.jsonl").read_text().splitlines(), strict=False):
        gold = json.loads(line)
        assert isinstance(record, Record)
        assert record.id == gold["id"]
        assert {(r.subject, str(r.type), r.object) for r in record.relations} <= {
            (s.id, kind, o.id)
            for a, kind, b in gold["relations"]
            for s in record.entities
            for o in record.entities
            if (s.name, o.name) == (a, b)
        }
        assert [r.value for r in record.results] == [row[3] for row in gold["results"]]


# Records -------------------------------------------------------------------------------------------------------------


def test_records_read_back_as_they_were_written(tmp_path: Path) -> None:
    record = as_record(tmp_path)
    (again,) = read(tmp_path, record.model_dump_json(), name="again")
    assert again == record
    assert type(again) is Record


def test_a_record_without_source_gets_its_file(tmp_path: Path) -> None:
    fields = json.loads(as_record(tmp_path).model_dump_json(exclude={"source", "arxiv_id"})) | {"id": "mine"}
    (again,) = read(tmp_path, fields, name="again")
    assert (again.source, again.id, again.arxiv_id) == (("again",), paper_id(TITLE), None)


def _shift(record: dict[str, Any]) -> None:
    record["mentions"][0]["start"] += 1


def _beyond(record: dict[str, Any]) -> None:
    record["relations"][0]["evidence"] = [3, 999]


def _dangle(record: dict[str, Any]) -> None:
    record["mentions"][0]["entity"] = "method:nobody"


def _dangling_result(record: dict[str, Any]) -> None:
    record["results"][0]["metric"] = "metric:nobody"


def _twice(record: dict[str, Any]) -> None:
    record["entities"].append(record["entities"][0])


def _untyped(record: dict[str, Any]) -> None:
    record["mentions"][0]["type"] = "Model"


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (_shift, "does not match its offsets, where 'mber' stands"),
        (_beyond, "has the offsets 3 to 999"),
        (_dangle, "names the entity 'method:nobody', which is not among"),
        (_dangling_result, "names the entity 'metric:nobody', which is not among"),
        (_twice, "two entities have the id 'method:ember'"),
        (_untyped, "a Method, where only Model may stand"),
    ],
)
def test_a_wrong_record_is_reported_with_its_line(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], problem: str
) -> None:
    good = as_record(tmp_path).model_dump_json()
    bad = json.loads(good)
    spoil(bad)
    with pytest.raises(InputError) as raised:
        read(tmp_path, good + "\n", bad)
    assert raised.value.line == 2
    assert problem in str(raised.value)
