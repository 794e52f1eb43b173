"""Papers and records for the tests of Spark, and the graph that this machine makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.scale import copies
from kg import KnowledgeGraph
from kg.corpus import dedupe, read_papers
from kg.graph import Graph
from kg.resources import resource
from kg.schema import Entity, EntityType, Mention, Paper, Record, Relation, RelationType, Role

SETTINGS = {
    "spark.sql.shuffle.partitions": "4",
    # Small data: compiling the queries well would take longer than running them.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.codegen.wholeStage": "false",
}

PAPERS = 140
"""How many are extracted on a cluster: enough for several tasks."""
HOT = "HotBench-12"
"""A benchmark that one paper in ten is evaluated on."""
_SENTENCE = "We also report on"
_NAMED = (EntityType.METHOD, EntityType.MODEL)


def many_records(sample: Path, number: int, path: Path, *, hot: bool = True) -> Path:
    """The records of the sample papers over and over, some names spelled anew; of ten papers one has ``HOT``."""
    records = copies([str(sample)], number)
    return write(path, (with_benchmark(r) if hot and n % 10 == 0 else r for n, r in enumerate(records)))


def with_benchmark(record: Record) -> Record:
    """The record with one more sentence, that everything it proposes or uses is evaluated on ``HOT``."""
    start = len(record.text) + len(_SENTENCE) + 2
    sentence = f" {_SENTENCE} {HOT}."
    entity = Entity(id="hot", name=HOT, type=EntityType.BENCHMARK, role=Role.EVALUATED_ON, confidence=0.9)
    mention = Mention(start=start, end=start + len(HOT), text=HOT, type=entity.type, entity="hot", confidence=0.9)
    evidence = len(record.text) + 1, len(record.text) + len(sentence)
    relations = tuple(
        Relation(subject=each.id, type=RelationType.EVALUATED_ON, object="hot", confidence=0.8, evidence=evidence)
        for each in record.entities
        if each.type in _NAMED
    )
    return record.model_copy(
        update={
            "abstract": record.abstract + sentence,
            "entities": (*record.entities, entity),
            "mentions": (*record.mentions, mention),
            "relations": (*record.relations, *relations),
        }
    )


def many_papers(number: int, path: Path) -> Path:
    """The sample papers over and over, each with a title of its own."""
    sample = dedupe(read_papers(sorted(resource("sample").glob("*.txt"))))
    titled = (
        paper.model_copy(update={"title": f"{paper.title}, part {round_}", "id": "", "arxiv_id": None})
        for round_ in range(-(-number // len(sample)))
        for paper in sample
    )
    return write(path, (paper for _, paper in zip(range(number), titled, strict=False)))


def write(path: Path, papers: Iterable[Paper]) -> Path:
    """JSON lines."""
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(paper.model_dump_json() + "\n" for paper in papers)
    return path


def local_graph(inputs: Path | list[Path], folder: Path, *, resolve: bool = False) -> Graph:
    """What ``kg build`` makes of inputs."""
    with KnowledgeGraph(folder / "local.lbug") as graph:
        graph.build(inputs if isinstance(inputs, list) else [inputs], resolve=resolve, processes=2)
        return graph.graph()


def differences(one: Graph, other: Graph) -> list[str]:
    """Some lines that only one of two graphs has; empty if they are the same."""
    a, b = one.canonical().splitlines(), other.canonical().splitlines()
    return list(_shown("-", set(a) - set(b))) + list(_shown("+", set(b) - set(a)))


def _shown(sign: str, lines: set[str]) -> Iterator[str]:
    return (f"{sign} {line[:300]}" for line in sorted(lines)[:5])
