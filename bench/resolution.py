"""How good and how fast resolution is.

usage: resolution.py quality SCORE.py GOLD.jsonl... [--errors N]    B-cubed with gold mentions as input
       resolution.py growth GOLD.jsonl... [--mentions 100000 ...]    time and memory with synthetic mentions

For ``quality`` every annotated paper becomes a record whose entities have ids and names of the paper alone (the first
surface as name, grouping as annotated), so that the annotated canonical names are not seen; the figure is the
``resolution`` of SCORE.py. For ``growth`` the entities of annotated papers are drawn anew into synthetic papers.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.corpus import read_papers
from kg.resolve import Resolver, load_registry
from kg.schema import Entity, Mention, Record


def local(record: Record) -> Record:
    """The record with entity ids and names that only its own surfaces decide."""
    surfaces: dict[str, Counter[str]] = defaultdict(Counter)
    for mention in record.mentions:
        surfaces[mention.entity][mention.text] += 1
    number = {entity.id: f"e{n}" for n, entity in enumerate(record.entities)}

    def to(end: str | None) -> str | None:
        return None if end is None else number[end]

    entities = tuple(
        e.model_copy(
            update={
                "id": number[e.id],
                "name": min(surfaces[e.id], key=lambda s: (-surfaces[e.id][s], s)) if surfaces[e.id] else e.name,
            }
        )
        for e in record.entities
    )
    return record.model_copy(
        update={
            "entities": entities,
            "mentions": tuple(m.model_copy(update={"entity": number[m.entity]}) for m in record.mentions),
            "relations": tuple(
                r.model_copy(update={"subject": to(r.subject), "object": to(r.object)}) for r in record.relations
            ),
            "results": tuple(
                r.model_copy(update={k: to(getattr(r, k)) for k in ("subject", "benchmark", "metric", "baseline")})
                for r in record.results
            ),
        }
    )


def quality(score_path: Path, golds: list[Path], errors: int) -> None:
    """Prints the B-cubed scores of each file; with ``errors``, what is merged or split against the annotation."""
    spec = importlib.util.spec_from_file_location("score", score_path)
    assert spec is not None and spec.loader is not None
    score: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    for gold in golds:
        annotated = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines() if line.strip()]
        records = [local(record) for record in read_papers([gold]) if isinstance(record, Record)]
        resolver = Resolver(load_registry()).fit(records)
        resolved = [resolver.apply(record) for record in records]
        table, _ = score.score(annotated, [record.model_dump(mode="json") for record in resolved])
        print(f"{gold.name:30} {table['resolution']}  result {table['result']['f1']}", flush=True)
        if errors:
            show_errors(score, annotated, resolved, errors)


def show_errors(score: Any, annotated: list[Any], resolved: list[Record], limit: int) -> None:
    """The annotated things in several nodes, and the nodes of several annotated things, the costliest first."""
    things: dict[Any, Counter[str]] = defaultdict(Counter)
    nodes: dict[str, Counter[Any]] = defaultdict(Counter)
    of_title = {score.title_key(r.title): r for r in resolved}
    for gold in annotated:
        record = of_title[score.title_key(gold["title"])]
        entity_of = {(m.text, str(m.type)): m.entity for m in record.mentions}
        for surface, type_, canonical, _ in gold["entities"]:
            if (surface, type_) in entity_of:
                things[type_, canonical][entity_of[surface, type_]] += 1
                nodes[entity_of[surface, type_]][type_, canonical] += 1
    for title, table in (("one thing, several nodes", things), ("one node, several things", nodes)):
        print(f"  {title}")
        wrong = [(sum(c.values()) - max(c.values()), str(k), c) for k, c in table.items() if len(c) > 1]
        for cost, key, counts in sorted(wrong, key=lambda item: (-item[0], item[1]))[:limit]:
            print(f"    {cost:3} {key}: {dict(counts.most_common())}")


def synthetic(records: list[Record], mentions: int, seed: int = 1) -> Iterator[Record]:
    """Papers drawn from the entities of real ones; one in ten surfaces gets a number that makes it a new name."""
    rng = random.Random(seed)
    pool = []
    for record in records:
        surfaces: dict[str, list[str]] = defaultdict(list)
        for mention in record.mentions:
            surfaces[mention.entity].append(mention.text)
        pool += [(e, surfaces[e.id]) for e in record.entities if surfaces[e.id]]
    made = paper = 0
    while made < mentions:
        entities, found = [], []
        for n in range(15):
            entity, texts = rng.choice(pool)
            new = f" {rng.randrange(mentions)}" if rng.random() < 0.1 else ""
            entities.append(Entity(id=f"e{n}", name=texts[0] + new, type=entity.type, role=entity.role))
            found += [Mention(start=0, end=1, text=t + new, type=entity.type, entity=f"e{n}") for t in texts]
        paper += 1
        made += len(found)
        yield Record(id=f"p{paper}", title="T", abstract="", entities=tuple(entities), mentions=tuple(found))


def growth(golds: list[Path], sizes: list[int]) -> None:
    """Prints CPU time of both passes and peak memory of the process for each number of mentions, smallest first."""
    records = [local(record) for gold in golds for record in read_papers([gold]) if isinstance(record, Record)]
    for size in sizes:
        papers = list(synthetic(records, size))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        begin = time.process_time()
        resolver = Resolver(load_registry()).fit(papers)
        fitted = time.process_time()
        entities = sum(len(resolver.apply(record).entities) for record in papers)
        applied = time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{size:>9,} mentions, {len(papers):>7,} papers, {entities:>9,} entities, "
            f"{len(resolver.things()):,} things: "
            f"fit {fitted - begin:6.2f} s, apply {applied - fitted:6.2f} s of CPU, "
            f"peak {peak:,.0f} MB ({before:,.0f} MB of it the records)",
            flush=True,
        )


def main() -> None:
    """Reads the arguments and measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_subparsers(required=True, dest="what")
    one = what.add_parser("quality")
    one.add_argument("score", type=Path)
    one.add_argument("gold", type=Path, nargs="+")
    one.add_argument("--errors", type=int, default=0)
    two = what.add_parser("growth")
    two.add_argument("gold", type=Path, nargs="+")
    two.add_argument("--mentions", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    arguments = parser.parse_args()
    if arguments.what == "quality":
        quality(arguments.score, arguments.gold, arguments.errors)
    else:
        growth(arguments.gold, arguments.mentions)


if __name__ == "__main__":
    main()
