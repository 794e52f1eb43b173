"""Records on their way to a file."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kg.errors import InputError, KgError
from kg.schema import Record
from kg.spool import Spool
from tests.derive.records import random_record

RECORDS = [random_record(number, random.Random(number)) for number in range(6)]
PAPERS = [record.paper for record in RECORDS]


def spooled(file: Path | None, records: list[Record], pipeline: str = "a 1") -> list[Record]:
    with Spool(pipeline, file) as spool:
        for record in records[spool.keep(PAPERS) :]:
            spool.append(record)
        assert list(spool) == list(spool), "it is read as often as needed"
        return list(spool)


@pytest.mark.parametrize("kept", [False, True])
def test_it_gives_the_records_in_order(kept: bool, tmp_path: Path) -> None:
    assert spooled(tmp_path / "part" if kept else None, RECORDS) == RECORDS


@pytest.mark.parametrize("cut", [0, 1, 40, 400])
def test_records_are_kept_up_to_where_a_killed_process_was(cut: int, tmp_path: Path) -> None:
    file = tmp_path / "part"
    spooled(file, RECORDS[:4])
    file.write_bytes(file.read_bytes()[: -cut or None])
    whole = file.read_bytes().count(b"\n") - 1
    with Spool("a 1", file) as spool:
        assert spool.keep(PAPERS) == whole == (4 if cut == 0 else 3)
        assert list(spool) == RECORDS[:whole]
    assert spooled(file, RECORDS) == RECORDS


def test_what_is_not_of_these_papers_or_of_this_pipeline_is_dropped(tmp_path: Path) -> None:
    file = tmp_path / "part"
    spooled(file, RECORDS)
    with Spool("a 1", file) as spool:
        assert spool.keep([*PAPERS[:2], PAPERS[4]]) == 2
        assert list(spool) == RECORDS[:2]
    with Spool("a 2", file) as spool:
        assert spool.keep(PAPERS) == 0
        assert list(spool) == []
    file.write_text("a letter to my aunt\n")
    assert spooled(file, RECORDS) == RECORDS


def test_two_processes_do_not_write_one_file(tmp_path: Path) -> None:
    with Spool("a 1", tmp_path / "part"), pytest.raises(KgError, match="part: another process extracts into it"):
        Spool("a 1", tmp_path / "part")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"part: it cannot be written \(No such file or directory\); name a file"):
        Spool("a 1", tmp_path / "nowhere" / "part")


def test_it_is_removed_when_its_work_is_done(tmp_path: Path) -> None:
    with Spool("a 1", tmp_path / "part") as spool:
        spool.keep(PAPERS)
    spool.remove()
    assert not list(tmp_path.iterdir())
