"""Each format by the example on the page of inputs: which reader takes it, and what becomes of its fields."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.corpus import FORMATS, paper_id, read_papers
from kg.corpus.registry import recognise
from kg.corpus.source import Head
from kg.errors import InputError
from kg.schema import Paper
from tests.corpus.examples import PAGE, examples

TITLE, ABSTRACT = "Ember: Faster Decoding", "Ember beats EAGLE on GSM8K."
FULL = Paper(
    id="2501.01234",
    title=TITLE,
    abstract=ABSTRACT,
    source=("input",),
    arxiv_id="2501.01234",
    doi="10.1000/1",
    url="https://arxiv.org/abs/2501.01234",
    published="2025-01-03",
    authors=("A. Ash", "B. Birch"),
    categories=("cs.CL", "cs.LG"),
)


def changed(**fields: object) -> Paper:
    return FULL.model_copy(update=fields)


EXPECTED: dict[str, list[Paper]] = {
    "jsonl": [
        changed(doi=None, url=None, categories=("cs.CL",)),
        Paper(
            id=paper_id("Tinder: Decoding with Trees"),
            title="Tinder: Decoding with Trees",
            abstract="Tinder extends Ember.",
            source=("input",),
            doi="10.1000/1",
        ),
    ],
    "csv": [
        Paper(
            id=paper_id(TITLE),
            title=TITLE,
            abstract='Ember beats EAGLE on GSM8K, "by far".',
            source=("input",),
            doi="10.1000/1",
            published="2025",
            authors=("A. Ash", "B. Birch"),
        )
    ],
    "parquet": [
        Paper(id=paper_id(TITLE), title=TITLE, abstract="Ember beats EAGLE.", source=("input",), authors=("A. Ash",))
    ],
    "arxiv_snapshot": [changed(authors=("A. Ash", "B. Birch Jr"))],
    "arxiv_atom": [changed(categories=("cs.CL",))],
    "oai_pmh": [
        changed(authors=("A. Ash",)),
        Paper(
            id=paper_id("Tinder: Decoding with Trees"),
            title="Tinder: Decoding with Trees",
            abstract="Tinder extends Ember.",
            source=("input",),
            doi="10.1000/2",
            url="https://repository.example.org/77",
            published="2025-03-01",
            authors=("B. Birch",),
            categories=("Computer Science",),
        ),
    ],
    "daily_papers_api": [changed(doi=None, url="https://huggingface.co/papers/2501.01234", categories=())],
    "daily_papers": [Paper(id=paper_id(TITLE), title=TITLE, abstract=ABSTRACT, source=("input",))],
    "semantic_scholar": [
        changed(
            url="https://www.semanticscholar.org/paper/649def34",
            authors=("A. Ash",),
            categories=("Computer Science",),
        )
    ],
    "semantic_scholar_papers": [
        changed(
            abstract="",
            url="https://www.semanticscholar.org/paper/649def34",
            authors=("A. Ash",),
            categories=("Computer Science",),
        )
    ],
    "semantic_scholar_abstracts": [],
    "openalex": [
        changed(
            doi="10.48550/arxiv.2501.01234",
            authors=("A. Ash",),
            categories=("Natural Language Processing",),
        )
    ],
    "bibtex": [
        changed(
            title="Ember: Faster Decoding in $O(n)$",
            url=None,
            published="2025-01",
            authors=("André Ash", "B. Birch"),
            categories=("decoding", "trees"),
        )
    ],
}


def read(folder: Path, data: bytes) -> list[Paper]:
    path = folder / "input"
    path.write_bytes(data)
    return [p.paper if hasattr(p, "mentions") else p for p in read_papers([path])]


def test_the_page_has_an_example_and_a_row_of_every_format() -> None:
    assert examples().keys() == FORMATS.keys()
    assert all(f"`{name}`" in PAGE.read_text(encoding="utf-8").split("## Files")[0] for name in FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_an_example_is_recognised_by_its_content(name: str) -> None:
    format_ = recognise(Head(examples()[name]))
    assert format_ is not None and format_.name == name


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_becomes_papers_with_their_metadata(name: str, tmp_path: Path) -> None:
    assert read(tmp_path, examples()[name]) == EXPECTED[name]


@pytest.mark.parametrize("name", ["records", "annotations"])
def test_an_example_becomes_a_record(name: str, tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(examples()[name])
    (record,) = read_papers([tmp_path / "input"])
    assert record.mentions[0].text == "Ember"  # type: ignore[attr-defined]


LINES = [name for name, data in examples().items() if data[:1] in b"[{" and name not in ("records", "annotations")]


@pytest.mark.parametrize("name", LINES)
def test_json_comes_as_lines_as_arrays_and_as_answers(name: str, tmp_path: Path) -> None:
    record = Head(examples()[name]).object
    expected = EXPECTED[name][:1]
    for layout in (
        json.dumps(record),
        json.dumps(record, indent=2),
        json.dumps([None, record]),
        json.dumps({"meta": {"count": 1}, "results": [record], "group_by": []}),
        f"\ufeff\n {json.dumps({'total': 1, 'data': [record]}, indent=1)}\n",
    ):
        assert read(tmp_path, layout.encode()) == expected


def test_answers_follow_one_another(tmp_path: Path) -> None:
    data = examples()["semantic_scholar"]
    assert len(read(tmp_path, data * 3)) == 3
    assert len(read(tmp_path, json.dumps(json.loads(data), indent=1).encode() * 3)) == 3
    assert read(tmp_path, b'{"total": 0, "offset": 0, "data": []}') == []


def test_papers_and_abstracts_of_semantic_scholar_are_joined_in_any_order(tmp_path: Path) -> None:
    papers, abstracts = tmp_path / "papers", tmp_path / "abstracts"
    papers.write_bytes(examples()["semantic_scholar_papers"])
    abstracts.write_bytes(examples()["semantic_scholar_abstracts"])
    for inputs in ([papers, abstracts], [abstracts, papers], [tmp_path]):
        assert [p.abstract for p in read_papers(inputs)] == [ABSTRACT]


def test_markup_goes_and_latex_stays(tmp_path: Path) -> None:
    title = (
        "H<sub>2</sub>O &amp; <mml:math><mml:mi>x</mml:mi></mml:math> if a < b, $\\\\alpha_{1}$ &lt;i&gt;it&lt;/i&gt;"
    )
    data = examples()["openalex"].replace(b"Ember: <i>Faster</i> Decoding", title.encode())
    assert read(tmp_path, data)[0].title == r"H2O & x if a < b, $\alpha_{1}$ it"


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"{BERT}: {P}re-training {{of} X}", "BERT: Pre-training of X"),
        (r"Caf\'{e} {\"O}l \'e {\'{e}} \c{c} {\aa}", "Café Öl é é ç å"),
        (r"$x^{2}$ and \textbf{bold} \& 100\%", r"$x^{2}$ and \textbf{bold} & 100%"),
        ("two~words\n   broken", "two words broken"),
    ],
)
def test_latex_of_bibtex(latex: str, plain: str, tmp_path: Path) -> None:
    assert read(tmp_path, f"@misc{{k, title = {{{latex}}} }}".encode())[0].title == plain


def test_bibtex_knows_abbreviations_and_names(tmp_path: Path) -> None:
    text = """% a list
@string{ember = {Ember}}
@comment{ jabref-meta: x }
@inproceedings(k2, title = ember # { Again}, author = {van der Berg, Jan and {The Ember Team} and others},
  date = "2024-05-06", month = 13)
"""
    (paper,) = read(tmp_path, text.encode())
    assert (paper.title, paper.authors, paper.published) == (
        "Ember Again",
        ("Jan van der Berg", "The Ember Team"),
        "2024-05-06",
    )


@pytest.mark.parametrize("mark", ["\t", ";", "|", ","])
def test_tables_with_any_mark(mark: str, tmp_path: Path) -> None:
    rows = [["ID", "Title", "Abstract"], ["2501.01234v2", f'"{TITLE}"', '"Two\nlines."'], [], ["", "Tinder", ""]]
    first, second = read(tmp_path, "\r\n".join(mark.join(row) for row in rows).encode())
    assert (first.arxiv_id, first.title, first.abstract) == ("2501.01234", TITLE, "Two\nlines.")
    assert (second.title, second.abstract) == ("Tinder", "")


@pytest.mark.parametrize(
    "data",
    [b'{"headline": "Ember", "note": "Fast."}\n', b"note,headline\nFast.,Ember\n", None],
    ids=["json", "csv", "parquet"],
)
def test_the_user_names_columns(data: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "table"
    if data is None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table({"headline": ["Ember"], "note": ["Fast."]}), path)
    else:
        path.write_bytes(data)
    (paper,) = read_papers([path], columns={"title": "headline", "abstract": "note"})
    assert (paper.title, paper.abstract) == ("Ember", "Fast.")
    with pytest.raises(InputError, match=r"no column is called title|no columns called headline, remark"):
        list(read_papers([path], columns={"title": "headline", "abstract": "remark"}))
    with pytest.raises(InputError, match="a paper has no field 'name'; name columns for title, abstract, "):
        read_papers([path], columns={"name": "headline"})


def test_deleted_records_and_errors_of_oai(tmp_path: Path) -> None:
    data = examples()["oai_pmh"].replace(b"<header><identifier>oai:r", b'<header status="deleted"><identifier>oai:r')
    assert len(read(tmp_path, data)) == 1
    refused = data.replace(b"<ListRecords>", b'<error code="badResumptionToken">too old</error><ListRecords>')
    with pytest.raises(InputError, match=r"input:3: the server answered with an error: too old"):
        read(tmp_path, refused)


def test_an_error_of_arxiv_is_no_paper(tmp_path: Path) -> None:
    data = examples()["arxiv_atom"].replace(b"arxiv.org/abs/2501.01234v2</id>", b"arxiv.org/api/errors#bad</id>")
    with pytest.raises(InputError, match=r"input:5: arXiv answered with an error: Ember beats EAGLE"):
        read(tmp_path, data)
