"""How well known a name is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.extract.known import KnownNames
from kg.resources import resource
from kg.schema import Entity, EntityType, Mention, Record, Role


def record(number: int, *names: str) -> Record:
    """A paper whose abstract is ``names``, each a method."""
    text = " ".join(names)
    entities = tuple(Entity(id=f"e{i}", name=n, type=EntityType.METHOD, role=Role.USED) for i, n in enumerate(names))
    mentions, start = [], 2
    for each in entities:
        end = start + len(each.name)
        mentions.append(Mention(start=start, end=end, text=each.name, type=each.type, entity=each.id))
        start = end + 1
    return Record(id=f"p{number}", title=f"{number}"[:1], abstract=text, mentions=tuple(mentions), entities=entities)


@pytest.mark.parametrize(("papers", "level"), [(1, 0), (2, 1), (4, 1), (5, 2), (19, 2), (20, 3), (99, 3), (100, 4)])
def test_levels_are_by_the_number_of_papers(papers: int, level: int) -> None:
    known = KnownNames.of(record(i, "GRPO", "GRPO") for i in range(papers))
    assert known.levels_of(["GRPO"]) == (level, level)


def test_spellings_are_one_name_and_the_best_and_the_least_known_count() -> None:
    known = KnownNames.of([record(1, "beam search"), record(2, "Beam-Search"), record(3, "Beam searches")])
    assert known.levels_of(["Beam Search"]) == (1, 1)
    assert known.levels_of(["beam search", "fox search"]) == (1, 0)


def test_papers_that_are_annotated_do_not_count() -> None:
    records = [record(1, "GRPO"), record(2, "GRPO")]
    assert KnownNames.of(records, without={"2"}).levels_of(["GRPO"]) == (0, 0)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    known = KnownNames.of(record(i, "GRPO", "πνεῦμα") for i in range(6))
    known.to_disk(tmp_path / "a.gz")
    known.to_disk(tmp_path / "b.gz")
    assert KnownNames.from_disk(tmp_path / "a.gz") == known
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    assert KnownNames.from_disk(tmp_path / "none.gz") == KnownNames()


def test_the_names_of_the_field_that_training_reads() -> None:
    known = KnownNames.from_disk(resource("config") / "train" / "known_names.json.gz")
    assert known.levels_of(["GRPO", "Group Relative Policy Optimization"]) == (4, 4)
    assert known.levels_of(["Foxglove Policy Optimization"]) == (0, 0)
