"""``kg`` with an extraction that takes a while and finds one method in each paper: a program to interrupt."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import kg.extract
from kg.cli import main
from kg.schema import Entity, EntityType, Mention, Paper, Record, Role


def extract(papers: Iterable[Paper], nlp: object) -> Iterator[Record]:
    """Takes the first word of each title for a method that the paper proposes."""
    for paper in papers:
        time.sleep(0.02)
        name = paper.title.split()[0]
        yield Record(
            **paper.model_dump(),
            mentions=(Mention(start=0, end=len(name), text=name, type=EntityType.METHOD, entity="e1"),),
            entities=(Entity(id="e1", name=name, type=EntityType.METHOD, role=Role.PROPOSED),),
        )


def replace_extraction() -> None:
    """Puts the slow extraction in the place of the trained one."""
    kg.extract.load_pipeline = lambda name=None: None  # type: ignore[assignment,return-value]
    kg.extract.pipeline_version = lambda nlp: "slow 1"
    kg.extract.extract = extract  # type: ignore[assignment]


if __name__ == "__main__":
    replace_extraction()
    main()
