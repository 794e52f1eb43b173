"""Time and memory of each stage of a build, after the extraction, over many papers.

usage: python bench/scale.py SOURCE … --folder FOLDER [--papers N …] [--stages S …] [--plot FILE.svg]

SOURCE is a graph that was built, whose papers are taken evenly, or else annotated files, whose papers are taken over
and over: each copy has ids of its own, the names of what it proposes and one in five of its other names are spelled
with other letters of the same number, so that offsets hold and the words become more as those of a real collection do.
Every stage runs in a process of its own, of which the processor time and the largest resident size are printed; what it
makes is left in FOLDER for the next one.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import multiprocessing
import os
import resource as usage
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from kg.batches import batches
from kg.corpus import read_papers
from kg.export import export
from kg.graph import DiskGraph
from kg.journal import Journal
from kg.progress import Stage
from kg.resolve import Resolver, load_registry
from kg.schema import Record, Role
from kg.store import LadybugStore

PIPELINE = "bench 1"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="+", type=Path, help="a graph, or annotated papers")
    parser.add_argument("--papers", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--folder", type=Path, required=True, help="where the graphs are made; it may hold others")
    parser.add_argument("--stages", nargs="+", default=list(STAGES), choices=list(STAGES))
    parser.add_argument("--plot", type=Path, help="where a plot of time and memory goes (SVG, PNG)")
    options = parser.parse_args()
    print(f"{'papers':>8}  {'stage':20}{'seconds':>9}{'CPU s':>9}{'MiB':>7}")
    context = multiprocessing.get_context("spawn")
    measures: dict[str, list[Measure]] = defaultdict(list)
    for papers in options.papers:
        for stage in options.stages:
            receiver, sender = context.Pipe(duplex=False)
            arguments = (stage, papers, options.source, options.folder, sender)
            process = context.Process(target=measured, args=arguments)
            process.start()
            process.join()
            if process.exitcode:
                sys.exit(process.exitcode)
            for name, measure in receiver.recv().items():
                measures[name].append(measure)
                print(
                    f"{papers:>8}  {name:20}{measure.seconds:9.1f}{measure.work:9.1f}{measure.mebibytes:7}", flush=True
                )
    if options.plot:
        plot(measures, options.plot)


@dataclass(frozen=True)
class Measure:
    """What a stage took: seconds, seconds of the processors (0 where not known), the most memory of a process."""

    papers: int
    seconds: float
    work: float
    mebibytes: int


def measured(stage: str, papers: int, source: list[Path], folder: Path, sender: Connection) -> None:
    at = folder / f"graph-{papers}"
    at.mkdir(exist_ok=True, parents=True)
    began, worked = time.perf_counter(), sum(os.times()[:4])
    parts = STAGES[stage](at, papers, source)
    seconds, work = time.perf_counter() - began, sum(os.times()[:4]) - worked
    peak = max(usage.getrusage(who).ru_maxrss for who in (usage.RUSAGE_SELF, usage.RUSAGE_CHILDREN)) >> 10
    measures = {stage: Measure(papers, seconds, work, peak)}
    sender.send(measures | {part.what: Measure(papers, part.seconds, 0, peak) for part in parts or ()})


def plot(measures: dict[str, list[Measure]], file: Path) -> None:
    """Time and memory over the number of papers, both axes logarithmic; grey lines grow as n and as n log n."""
    import numpy as np
    from matplotlib import pyplot

    figure, (times, sizes) = pyplot.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    for stage, of_stage in measures.items():
        if stage == "records":  # which is no part of a build
            continue
        numbers = [m.papers for m in of_stage]
        times.plot(numbers, [m.seconds for m in of_stage], marker="o", markersize=4, label=stage)
        sizes.plot(numbers, [m.mebibytes for m in of_stage], marker="o", markersize=4, label=stage)
    papers = np.array(sorted({m.papers for of_stage in measures.values() for m in of_stage}), float)
    least = max(min(of_stage[0].seconds for of_stage in measures.values()), 0.1)
    for growth in papers, papers * np.log(papers):
        times.plot(papers, least * growth / growth[0], color="0.7", linewidth=1, linestyle="--", zorder=0)
    for axes, title in (times, "seconds"), (sizes, "MiB of memory, at most"):
        axes.set(xscale="log", yscale="log", xlabel="papers", title=title)
        axes.grid(color="0.92", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(*times.get_legend_handles_labels(), loc="outside right center", frameon=False)
    figure.savefig(file)


# -- the papers -------------------------------------------------------------------------------------------------------


def records_of(source: list[Path], number: int) -> Iterator[Record]:
    """Records of ``number`` papers, whose entity ids hold within each."""
    if source[0].suffix != ".lbug":
        yield from copies(source, number)
        return
    with Journal(source[0].with_name(f"{source[0].name}.records")) as journal:
        records = journal.records(resolved=False)
        every = max(1, sum(1 for _ in records) // number)
        yield from itertools.islice(records, 0, every * number, every)


def copies(gold: list[Path], number: int) -> Iterator[Record]:
    """Records of ``number`` papers, those of annotated files over and over."""
    records = [record for record in read_papers(gold) if isinstance(record, Record)]
    for n, record in zip(range(number), itertools.cycle(records), strict=False):
        yield local(copy(record, n // len(records)), n)


def copy(record: Record, round_: int) -> Record:
    """The record with other letters in some of its names."""
    if not round_:
        return record
    renamed = {
        entity.id
        for entity in record.entities
        if entity.role is Role.PROPOSED or digest(f"{entity.name} {round_} {record.id}")[0] < 51
    }
    text = list(record.text)
    mentions = []
    for mention in record.mentions:
        if mention.entity in renamed:
            letters = spelled(mention.text, round_)
            text[mention.start : mention.end] = letters
            mention = mention.model_copy(update={"text": letters})
        mentions.append(mention)
    whole = "".join(text)
    cut = len(record.title)
    entities = tuple(
        e.model_copy(update={"name": spelled(e.name, round_)}) if e.id in renamed else e for e in record.entities
    )
    changed = {"title": whole[:cut], "abstract": whole[cut + 1 :], "mentions": tuple(mentions), "entities": entities}
    return record.model_copy(update=changed)


def spelled(name: str, round_: int) -> str:
    """The same number of characters, other letters."""
    noise = digest(f"{name.casefold()} {round_}")
    letters = (LETTERS[noise[k % 32] % 26] for k in range(len(name)))
    return "".join(
        (new.upper() if old.isupper() else new) if old.isalpha() else old
        for old, new in zip(name, letters, strict=True)
    )


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def local(record: Record, number: int) -> Record:
    """The record as the pipeline gives it: an id of its own, entities numbered."""
    ids = {entity.id: f"e{k}" for k, entity in enumerate(record.entities)}
    fields = json.loads(record.model_dump_json())
    fields |= {"id": f"{number // 100_000:04d}.{number % 100_000:05d}", "source": ["bench"]}
    fields["arxiv_id"] = fields["id"]
    for entity in fields["entities"]:
        entity["id"] = ids[entity["id"]]
    for mention in fields["mentions"]:
        mention["entity"] = ids[mention["entity"]]
    for stated in (*fields["relations"], *fields["results"]):
        for end in ("subject", "object", "benchmark", "metric", "baseline"):
            if stated.get(end):
                stated[end] = ids[stated[end]]
    return Record.model_validate(fields)


# -- the stages -------------------------------------------------------------------------------------------------------


def stage_records(at: Path, papers: int, source: list[Path]) -> None:
    """The journal of papers with their records; most of it is making them."""
    for left_over in at.iterdir():
        if left_over.is_file():
            left_over.unlink()
    with Journal(at / "graph.lbug.records") as journal:
        for batch in batches(records_of(source, papers), 1000):
            journal.add_papers(record.paper for record in batch)
            journal.add_records(batch, PIPELINE)


def stage_read(at: Path, papers: int, source: list[Path]) -> None:
    """Reading every record once, which resolution and graph both do."""
    with Journal(at / "graph.lbug.records") as journal:
        assert sum(1 for _ in journal.records(resolved=False)) == papers


def stage_resolve(at: Path, papers: int, source: list[Path]) -> None:
    with Journal(at / "graph.lbug.records") as journal:
        resolver = Resolver(load_registry()).fit(journal.records(resolved=False))
        print(f"{'':10}{len(resolver.things())} things", file=sys.stderr)


def stage_derive(at: Path, papers: int, source: list[Path]) -> list[Stage]:
    """Resolution, graph and store, as ``kg build`` does them at the end; how long each took."""
    from kg.graph_file import GraphFile
    from kg.progress import Silent, Timed

    file = GraphFile(at / "graph.lbug")
    file.ensure()
    timed = Timed(Silent())
    with Journal(at / "graph.lbug.records") as journal:
        file.derive(journal, timed)
    with LadybugStore(at / "graph.lbug", read_only=True) as store:
        counts = store.counts()
    print(f"{'':10}{sum(counts['nodes'].values())} nodes, {sum(counts['edges'].values())} edges", file=sys.stderr)
    return timed.stages


def stage_graph(at: Path, papers: int, source: list[Path]) -> None:
    """The graph alone, gathered on disk and read once."""
    with Journal(at / "graph.lbug.records") as journal:
        resolver = Resolver(load_registry()).fit(journal.records(resolved=False))
        with DiskGraph(at).add(map(resolver.apply, journal.records(resolved=False))) as graph:
            for _ in itertools.chain(graph.iter_nodes(), graph.iter_edges()):
                pass


def stage_export(at: Path, papers: int, source: list[Path], name: str) -> None:
    with LadybugStore(at / "graph.lbug", read_only=True) as store:
        export(store, at / f"graph.{name}")


STAGES: dict[str, Callable[..., Any]] = {
    "records": stage_records,
    "read": stage_read,
    "resolve": stage_resolve,
    "graph": stage_graph,
    "derive": stage_derive,
    **{name: partial(stage_export, name=name) for name in ("graphml", "parquet", "neo4j-admin")},
}


if __name__ == "__main__":
    main()
