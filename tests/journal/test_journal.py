from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.corpus import dedupe, paper_id, read_papers
from kg.errors import InputError, KgError
from kg.journal import Added, Journal
from kg.schema import Entity, EntityType, Mention, Paper, Record, Role

PIPELINE = "test@1"


def paper(title: str, abstract: str = "Text.", file: str = "f", arxiv: str | None = None) -> Paper:
    id_ = arxiv or paper_id(title)
    return Paper(id=id_, title=title, abstract=abstract, source=(file,), arxiv_id=arxiv)


def annotate(plain: Paper, name: str = "X") -> Record:
    """A record whose one mention is the first letter of the title, and whose entity tells ``name``."""
    entity = Entity(id=f"method:{name}", name=name, type=EntityType.METHOD, role=Role.USED)
    mention = Mention(start=0, end=1, text=plain.title[0], type=EntityType.METHOD, entity=entity.id)
    return Record(**plain.model_dump(), mentions=(mention,), entities=(entity,))


def extract(journal: Journal, pipeline: str = PIPELINE, batch_size: int = 2) -> list[str]:
    """Stands for the pipeline, in small batches; the titles it was given."""
    done = []
    papers = iter(journal.missing(pipeline))
    while batch := list(islice(papers, batch_size)):
        journal.add_records([annotate(missing, "extracted") for missing in batch], pipeline)
        done += [missing.title for missing in batch]
    return done


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "graph.lbug.records") as opened:
        yield opened


# What is missing -----------------------------------------------------------------------------------------------------


def test_what_was_extracted_is_not_missing(journal: Journal) -> None:
    assert journal.add_papers([paper("A"), paper("B"), paper("A", file="g")]) == Added(read=3, new=2, changed=1)
    assert journal.count_missing(PIPELINE) == 2
    assert sorted(extract(journal)) == ["A", "B"]
    assert journal.count_missing(PIPELINE) == 0
    assert extract(journal) == []
    assert [r.id for r in journal.records()] == sorted([paper_id("A"), paper_id("B")])


def test_another_pipeline_extracts_all_anew(journal: Journal) -> None:
    journal.add_papers([paper("A")])
    extract(journal)
    assert extract(journal, "test@2") == ["A"]
    assert len(list(journal.records())) == 1


def test_a_further_source_is_noted_without_extracting_again(journal: Journal) -> None:
    journal.add_papers([paper("A")])
    extract(journal)
    assert journal.add_papers([paper("A", file="e"), paper("A", abstract="T", file="g")]).changed == 2
    assert journal.count_missing(PIPELINE) == 0
    assert [r.source for r in journal.records()] == [("e", "f", "g")]


def test_a_longer_abstract_is_extracted_again(journal: Journal) -> None:
    journal.add_papers([paper("A")])
    extract(journal)
    journal.add_papers([paper("A", abstract="A longer text.")])
    assert [r.abstract for r in journal.records()] == ["Text."]
    assert extract(journal) == ["A"]
    assert [r.abstract for r in journal.records()] == ["A longer text."]


def test_many_pages_of_papers(journal: Journal) -> None:
    journal.add_papers(paper(f"Title {n}") for n in range(1203))
    assert len(extract(journal, batch_size=150)) == journal.count() == 1203
    ids = [r.id for r in journal.records()]
    assert len(ids) == 1203
    assert ids == sorted(ids) == [p.id for p in journal.papers()]


# Given records -------------------------------------------------------------------------------------------------------


def test_a_given_record_is_kept_whatever_the_pipeline(journal: Journal) -> None:
    journal.add_papers([annotate(paper("A"), "given")])
    journal.add_papers([paper("A", abstract="A longer text.", file="g")])
    assert extract(journal) == []
    journal.add_records([annotate(paper("A"), "extracted")], PIPELINE)
    (record,) = journal.records()
    assert (record.entities[0].name, record.abstract, record.source) == ("given", "Text.", ("f", "g"))


def test_a_given_record_replaces_an_extracted_one(journal: Journal) -> None:
    journal.add_papers([paper("A")])
    extract(journal)
    journal.add_papers([annotate(paper("A"), "given")])
    assert [r.entities[0].name for r in journal.records()] == ["given"]


def test_records_are_told_by_whether_their_ids_hold(journal: Journal) -> None:
    journal.add_papers([paper("A"), annotate(paper("B"))])
    journal.add_papers([annotate(paper("C"))], resolve=True)
    extract(journal)
    assert [r.title for r in journal.records(resolved=True)] == ["B"]
    assert sorted(r.title for r in journal.records(resolved=False)) == ["A", "C"]
    assert len(list(journal.records())) == 3


def test_a_record_of_an_unknown_paper_is_left_out(journal: Journal) -> None:
    journal.add_records([annotate(paper("A"))], PIPELINE)
    assert list(journal.records()) == []


# One paper under several ids -----------------------------------------------------------------------------------------


def test_a_paper_without_arxiv_id_joins_the_one_that_has_it(journal: Journal) -> None:
    journal.add_papers([paper("A")])
    extract(journal)
    journal.add_papers([paper("a!", file="g", arxiv="2501.00002")])
    assert journal.count() == 1
    assert extract(journal) == ["a!"]
    journal.add_papers([paper("A", file="h", arxiv="2501.00001")])
    extract(journal)
    assert [(r.id, r.source) for r in journal.records()] == [("2501.00001", ("f", "h")), ("2501.00002", ("g",))]


def test_removing_a_paper(journal: Journal) -> None:
    journal.add_papers([paper("B")])
    extract(journal)
    before = journal.revision
    journal.add_papers([paper("A"), paper("A", arxiv="2501.00001")])
    extract(journal)
    assert journal.remove("2501.00001")
    assert [r.title for r in journal.records()] == ["B"]
    assert journal.revision == before
    assert not journal.remove("2501.00001")
    journal.add_papers([paper("A")])
    assert [p.id for p in journal.missing(PIPELINE)] == [paper_id("A")]


# Order and revision --------------------------------------------------------------------------------------------------

readings = st.builds(
    paper,
    st.sampled_from(["A", "a!", "B"]),
    st.text("ab", max_size=2),
    st.sampled_from(["f", "g"]),
    st.sampled_from([None, "2501.00001", "2501.00002"]),
)
given_or_not = st.one_of(readings, st.builds(annotate, readings, st.sampled_from("xy")))


def build(batches: Iterable[list[Paper]], *, extracting: bool) -> tuple[list[Paper], list[Record], str]:
    with TemporaryDirectory() as folder, Journal(Path(folder) / "j") as journal:
        for batch in batches:
            journal.add_papers(batch)
            if extracting:
                extract(journal)
        extract(journal)
        return list(journal.papers()), list(journal.records()), journal.revision


@pytest.mark.slow
@given(st.lists(given_or_not, max_size=6), st.randoms(), st.integers(0, 6), st.booleans())
@settings(deadline=None, max_examples=40)
def test_order_and_batches_do_not_matter(read: list[Paper], random, cut: int, extracting: bool) -> None:
    whole = build([read], extracting=False)
    shuffled = random.sample(read, len(read))
    assert build([shuffled[:cut], shuffled[cut:]], extracting=extracting) == whole
    in_memory = sorted(dedupe(read), key=lambda p: p.id)
    assert [(p.id, p.source) for p in whole[0]] == [(p.id, p.source) for p in in_memory]
    assert [r for r in whole[1] if r.entities[0].name != "extracted"] == [r for r in in_memory if isinstance(r, Record)]
    assert len(whole[1]) == len(whole[0])


@pytest.mark.slow
@given(st.lists(given_or_not, max_size=4), st.lists(given_or_not, max_size=3))
@settings(deadline=None, max_examples=40)
def test_the_revision_tells_whether_content_changed(first: list[Paper], second: list[Paper]) -> None:
    before, after = build([first], extracting=False), build([first, second], extracting=False)
    if before[:2] != after[:2]:
        assert before[2] != after[2]
    assert build([first, first], extracting=True)[2] == before[2]


@given(st.lists(given_or_not, max_size=5), st.lists(given_or_not, max_size=4), st.booleans())
@settings(deadline=None, max_examples=40)
def test_what_changed_since_a_step_holds_every_record_that_did(
    first: list[Paper], second: list[Paper], removing: bool
) -> None:
    with TemporaryDirectory() as folder, Journal(Path(folder) / "j") as journal:
        journal.add_papers(first)
        extract(journal)
        step, before = journal.step(), {r.id: r for r in journal.records()}
        assert journal.changed_since(step) == set()
        journal.add_papers(second)
        extract(journal)
        if removing and before:
            journal.remove(min(before))
        after = {r.id: r for r in journal.records()}
        changed = journal.changed_since(step)
        assert changed is not None
        assert {id_ for id_ in before.keys() | after.keys() if before.get(id_) != after.get(id_)} <= changed
        assert {r.id: r for r in journal.records(of=changed)} == {i: r for i, r in after.items() if i in changed}


def test_a_step_of_another_journal_is_none_of_this(journal: Journal, tmp_path: Path) -> None:
    journal.add_papers([paper("A")])
    with Journal(tmp_path / "other") as other:
        other.add_papers([paper("B")])
        assert journal.changed_since(other.step()) is None


def test_a_journal_of_the_first_format_goes_on_in_the_second(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with Journal(path) as journal:
        journal.add_papers([paper("A")])
    with sqlite3.connect(path) as old:
        old.executescript("DROP TABLE change; DROP TABLE step; PRAGMA user_version = 1")
    old.close()
    with Journal(path) as journal:
        assert journal.step() == (0, journal.revision)
        journal.add_papers([paper("B")])
        assert journal.changed_since((0, "0" * 32)) is None
        assert journal.changed_since(journal.step()) == set()
        assert len(list(journal.papers())) == 2


def test_the_revision_survives_reopening(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with Journal(path) as journal:
        empty = journal.revision
        journal.add_papers([paper("A")])
        revision = journal.revision
    with Journal(path, create=False) as journal:
        assert journal.revision == revision != empty
        extract(journal)
        assert journal.revision != revision


# Faults --------------------------------------------------------------------------------------------------------------


@pytest.mark.promise("A broken input file leaves the graph as it was")
def test_an_error_in_the_third_file_leaves_the_journal_as_it_was(journal: Journal, tmp_path: Path) -> None:
    for n, text in enumerate(['{"title": "A"}', '{"title": "B"}', '{"title": ']):
        (tmp_path / f"{n}.jsonl").write_text(text)
    journal.add_papers([paper("Old")])
    before = journal.revision
    with pytest.raises(InputError, match="Invalid JSON"):
        journal.add_papers(read_papers([tmp_path / f"{n}.jsonl" for n in range(3)]))
    assert [p.title for p in journal.papers()] == ["Old"]
    assert journal.revision == before
    assert journal.add_papers(read_papers([tmp_path / "0.jsonl"])).new == 1


KILLED = """
import sys, time
from kg.journal import Journal
from kg.schema import Paper

def papers():
    for n in range(100_000):
        yield Paper(id=f"p{n:010}", title=f"Title {n}", abstract="word " * 100)
        if n == 30_000:
            print("ready", flush=True)
            time.sleep(60)

journal = Journal(sys.argv[1])
with journal.lock():
    journal.add_papers([Paper(id="p1", title="Kept", abstract="")])
    journal.add_papers(papers())
"""


@pytest.mark.slow
@pytest.mark.promise("A build that is killed leaves a usable graph and is continued by the next")
def test_a_killed_writer_leaves_what_was_committed_and_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "j"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert path.stat().st_size > 1 << 20  # the transaction has reached the file
    with Journal(tmp_path / "other") as other, other.lock():
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with Journal(path) as journal, journal.lock():
        assert [p.title for p in journal.papers()] == ["Kept"]
        assert journal.add_papers([paper("A")]).new == 1
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("j")) == ["j", "j.lock"]


HOLDER = """
import sys
from kg.journal import Journal
with Journal(sys.argv[1]).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_told_so_and_readers_go_on(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with Journal(path) as journal:
        journal.add_papers([paper("A")])
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with Journal(path) as journal:
        with (
            pytest.raises(KgError, match="another process is writing to this graph; wait until") as raised,
            journal.lock(),
        ):
            pass
        assert raised.value.exit_code == 1
        assert [p.title for p in journal.papers()] == ["A"]
    process.communicate("")
    with Journal(path) as journal, journal.lock(), pytest.raises(KgError), journal.lock():
        pass


def test_what_is_no_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with pytest.raises(InputError, match="there is no such journal; build the graph first"):
        Journal(path, create=False)
    assert not path.exists()
    path.write_bytes(b"no database" * 100)
    with pytest.raises(InputError, match="the journal of the graph is damaged"):
        Journal(path)
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE paper (id)")
    other.close()
    with pytest.raises(InputError, match="no journal of a graph"):
        Journal(path)
    with pytest.raises(KgError, match="see that the folder exists"):
        Journal(tmp_path / "nowhere" / "j")


def test_a_journal_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "j"
    Journal(path).close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 9")
    other.close()
    with pytest.raises(InputError, match=r"newer version of this program \(format 9, known is 2\); upgrade"):
        Journal(path)


def test_a_damaged_page_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with Journal(path) as journal:
        journal.add_papers(paper(f"Title {n}", "word " * 50) for n in range(500))
    data = bytearray(path.read_bytes())
    data[8192:] = os.urandom(1) * (len(data) - 8192)
    path.write_bytes(data)
    with Journal(path) as journal, pytest.raises(KgError, match=r"j: |damaged"):
        list(journal.papers())


def test_an_empty_file_left_by_a_killed_process_becomes_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.touch()
    with Journal(path) as journal:
        assert journal.add_papers([paper("A")]).new == 1
