from __future__ import annotations

from pathlib import Path

import pytest

from kg.corpus import dedupe, paper_id, read_papers
from kg.errors import InputError
from kg.resources import resource

HEADER_A = "".join(
    f"{line}\n\n"
    for line in (
        "new",
        "Get trending papers in your email inbox!",
        "Subscribe",
        "Daily Papers",
        "byAK and the research community",
        "Aug 13",
    )
)
HEADER_B = "Get trending papers in your email inbox once a day!\nGet trending papers in your email inbox!\nSubscribe"
PAPERS = [
    ("ABCDE-1234", "Ten characters are a title."),
    (r"\name: MoE$^2$ at $\lambda_t$", r"We train \name in $2\times$ less time."),
]


def layout_a(papers: list[tuple[str, str]]) -> str:
    return HEADER_A + "\n\n".join(part for paper in papers for part in paper) + "\n"


def layout_b(papers: list[tuple[str, str]]) -> str:
    return HEADER_B + "\n".join(part for paper in papers for part in paper)


LAYOUTS = pytest.mark.parametrize("layout", [layout_a, layout_b])


def write(folder: Path, text: str | bytes, name: str = "dump.txt") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read(folder: Path, text: str | bytes) -> list[tuple[str, str]]:
    return [(paper.title, paper.abstract) for paper in read_papers([write(folder, text)])]


@LAYOUTS
def test_titles_and_abstracts_come_verbatim(tmp_path: Path, layout) -> None:
    assert read(tmp_path, layout(PAPERS)) == PAPERS


@LAYOUTS
def test_a_paper_has_the_id_of_its_title_and_the_name_of_its_file(tmp_path: Path, layout) -> None:
    paper = next(iter(read_papers([write(tmp_path, layout(PAPERS))])))
    assert paper.id == paper_id("ABCDE-1234")
    assert paper.source == ("dump.txt",)
    assert paper.published is None


@LAYOUTS
@pytest.mark.parametrize("where", [0, 1])
@pytest.mark.parametrize("title", ["Subscribe to Attention", "SubscribeNet: Newsletters at Scale", "Subscribe"])
def test_a_title_may_begin_with_subscribe(tmp_path: Path, layout, where: int, title: str) -> None:
    papers = PAPERS.copy()
    papers.insert(where, (title, "On subscriptions."))
    assert read(tmp_path, layout(papers)) == papers


@LAYOUTS
def test_line_ends_of_windows_byte_order_mark_and_trailing_blanks(tmp_path: Path, layout) -> None:
    text = layout(PAPERS).replace("\n", " \t\r\n")
    assert read(tmp_path, b"\xef\xbb\xbf" + text.encode() + b"\r\n \r\n") == PAPERS


@LAYOUTS
def test_the_last_paper_may_lack_an_abstract(tmp_path: Path, layout) -> None:
    papers = [*PAPERS, ("A Title Alone", "")]
    assert read(tmp_path, layout(papers).rstrip()) == papers


def test_a_blank_line_in_layout_b_is_an_abstract_that_is_missing(tmp_path: Path) -> None:
    papers = [*PAPERS, ("A Title Alone", ""), ("After It", "Still in step.")]
    assert read(tmp_path, layout_b(papers)) == papers


def test_header_lines_may_be_missing(tmp_path: Path) -> None:
    for gone in (
        "new\n\n",
        "Daily Papers\n\n",
        "Aug 13\n\n",
        "Get trending papers in your email inbox!\n\nSubscribe\n\n",
    ):
        assert read(tmp_path, layout_a(PAPERS).replace(gone, "")) == PAPERS


def test_a_title_that_looks_like_a_header_line_is_a_title(tmp_path: Path) -> None:
    papers = [("May 5", "On dates."), ("Daily Papers", "On papers."), ("new", "On novelty.")]
    assert read(tmp_path, layout_b(papers)) == papers
    assert read(tmp_path, layout_a(papers)) == papers


def test_dumps_may_follow_one_another(tmp_path: Path) -> None:
    text = layout_a(PAPERS) + layout_b(PAPERS) + "\n" + layout_a(PAPERS)
    assert read(tmp_path, text) == PAPERS * 3


def test_an_abstract_in_the_place_of_a_title_is_reported(tmp_path: Path) -> None:
    papers = [("First", "a " * 300), ("Second", "b " * 300)]
    text = layout_a(papers).replace("Second\n\n", "")
    with pytest.raises(InputError, match=r"dump\.txt:17: .*out of step; ") as raised:
        read(tmp_path, text)
    assert raised.value.line == 17


def test_a_header_alone_is_reported(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"dump\.txt:12: the dump ends after its header; "):
        read(tmp_path, HEADER_A)


@pytest.mark.promise("Both layouts of Daily Papers dumps are read, whatever the file is called")
def test_the_sample_exercises_both_layouts() -> None:
    folder = resource("sample")
    first, second = ([p.id for p in read_papers([folder / f"daily-papers-{x}.txt"])] for x in "ab")
    assert len(set(first) & set(second)) == 1
    papers = dedupe(read_papers([folder]))
    assert len(papers) == 28
    assert [p.title for p in papers if len(p.source) == 2] == [
        "LanternKV: Budgeted KV Cache Eviction for Long-Context Inference"
    ]
    assert all(120 <= len(p.abstract.split()) <= 220 for p in papers)
    text = "\n".join(p.text for p in papers)
    assert all(name in text for name in ("MATH-500", "MATH500", "MATH 500", "math-500", "2.3x", "50%", "from 78.4% to"))


@pytest.mark.promise("Every paper is kept once, with all files it was read from")
def test_the_five_dumps(shared: Path) -> None:
    dumps = sorted((shared / "corpus").glob("huggingface-daily-papers-*.txt"))
    counts = [sum(1 for _ in read_papers([dump])) for dump in dumps]
    assert counts == [59, 159, 56, 253, 63]
    papers = dedupe(read_papers(dumps))
    assert len(papers) == 510
    assert max(len(paper.title) for paper in papers) == 150
    assert min(len(paper.abstract) for paper in papers) > 400
    assert not any(paper.title.startswith("Subscribe") for paper in papers)
