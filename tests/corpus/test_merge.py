from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.corpus import dedupe, merge, paper_id
from kg.schema import Entity, EntityType, Mention, Paper, Record, Role

TITLES = ["A Title", "a title!", "Another", "$$"]


def paper(title: str, abstract: str, file: str, arxiv: str | None = None, published: str | None = None) -> Paper:
    return Paper(
        id=arxiv or paper_id(title),
        title=title,
        abstract=abstract,
        source=(file,),
        arxiv_id=arxiv,
        published=published,
    )


papers = st.builds(
    paper,
    st.sampled_from(TITLES),
    st.text("ab", max_size=2),
    st.sampled_from(["f", "g"]),
    st.sampled_from([None, "2501.00001", "2501.00002"]),
    st.sampled_from([None, "2025-01-01", "2025-01-02"]),
)


def annotate(plain: Paper, name: str) -> Record:
    entity = Entity(id=f"method:{name}", name=name, type=EntityType.METHOD, role=Role.USED)
    first = Mention(start=0, end=1, text=plain.title[0], type=EntityType.METHOD, entity=entity.id)
    return Record(**plain.model_dump(), mentions=(first,), entities=(entity,))


readings = st.one_of(papers, st.builds(annotate, papers, st.sampled_from("xy")))


@given(st.lists(readings, max_size=6), st.randoms())
def test_the_order_of_papers_does_not_matter(read: list[Paper], random) -> None:
    shuffled = random.sample(read, len(read))
    assert sorted(dedupe(shuffled), key=lambda p: p.id) == sorted(dedupe(read), key=lambda p: p.id)


@given(st.lists(readings.map(lambda p: p.model_copy(update={"id": "one"})), min_size=2, max_size=5), st.data())
def test_merging_is_associative_commutative_and_idempotent(same: list[Paper], data) -> None:
    cut = data.draw(st.integers(1, len(same) - 1))
    # An arXiv id is the id; what two of them make does not occur within one paper.
    same = [p.model_copy(update={"arxiv_id": None}) for p in same]
    whole = merge(same)
    assert merge([merge(same[cut:]), merge(same[:cut])]) == whole
    assert merge([whole, whole]) == whole


def test_a_paper_is_kept_once_with_all_sources_and_the_longest_abstract() -> None:
    read = [paper("A Title", "short", "b"), paper("a title!", "longer", "a"), paper("A Title", "longes", "b")]
    (one,) = dedupe(read)
    assert (one.source, one.abstract, one.title) == (("a", "b"), "longer", "a title!")


def test_an_arxiv_id_wins_and_two_stay_apart() -> None:
    plain, first = paper("A Title", "long text", "a"), paper("A title", "x", "b", "2501.00001", "2025-01-02")
    second = paper("A Title", "y", "c", "2501.00002")
    merged, other = sorted(dedupe([second, plain, first]), key=lambda p: p.id)
    assert (merged.id, merged.source, merged.abstract, merged.published) == (
        "2501.00001",
        ("a", "b"),
        "long text",
        "2025-01-02",
    )
    assert other == second


def test_an_arxiv_paper_that_changed_its_title_is_found_by_both() -> None:
    old, new = paper("Old", "x", "a", "2501.00001"), paper("New Title", "x", "b", "2501.00001")
    (one,) = dedupe([paper("old", "x", "c"), old, new, paper("new title", "x", "d")])
    assert (one.id, one.source, one.title) == ("2501.00001", ("a", "b", "c", "d"), "New Title")


def test_a_record_keeps_the_text_that_its_offsets_count() -> None:
    record = annotate(paper("A Title", "short", "a"), "x")
    (one,) = dedupe([paper("A Title", "much longer", "b"), record])
    assert isinstance(one, Record)
    assert (one.abstract, one.source, one.mentions) == ("short", ("a", "b"), record.mentions)


def test_papers_come_in_the_order_they_were_first_seen() -> None:
    read = [paper("B", "", "f"), paper("A", "", "f"), paper("B", "", "g")]
    assert [p.title for p in dedupe(read)] == ["B", "A"]
