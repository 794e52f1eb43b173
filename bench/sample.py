"""Edges taken at random from a graph, to be read: so many of each type, with what states them.

usage: python bench/sample.py GRAPH [--each 12] [--seed 1] > sample.tsv

The columns are number, type, from, to, confidence, paper, and sentence. An edge of a result is shown with its value.
With ``--judged FILE``, such a table to which a first column was added (``1`` right, ``0`` wrong), it prints the share
of each type that is right, with Wilson's interval at 95%, and that of all edges, each type weighed by its number.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
import sys
from collections import defaultdict
from pathlib import Path

from kg.schema import EDGE_TYPES
from kg.store import LadybugStore


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path)
    parser.add_argument("--each", type=int, default=12, help="edges of each type")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--judged", type=Path, help="the table with what was found")
    options = parser.parse_args()
    with LadybugStore(options.graph, read_only=True) as store:
        if options.judged:
            report(options.judged, store.counts()["edges"])
            return
        table = csv.writer(sys.stdout, delimiter="\t")
        number = 0
        for kind in EDGE_TYPES:
            for row in sample(store, kind, options.each, options.seed):
                number += 1
                table.writerow([number, kind, *row])


def sample(store: LadybugStore, kind: str, number: int, seed: int) -> list[list[str]]:
    """Some edges of a type: from, to, confidence, paper and sentence."""
    ends = store.run(f"MATCH (a)-[e:`{kind}`]->(b) RETURN a.id, b.id").rows
    chosen = random.Random(seed).sample(sorted(ends), min(number, len(ends)))
    return [described(store, kind, *pair) for pair in chosen]


def described(store: LadybugStore, kind: str, start: str, end: str) -> list[str]:
    parameters = {"source": start, "target": end}
    if "confidence" in EDGE_TYPES[kind].properties:
        found = store.run(
            f"MATCH (a {{id: $source}})-[e:`{kind}`]->(b {{id: $target}}) MATCH (p:Paper {{id: e.papers[1]}}) "
            "RETURN label(a), a.name, label(b), b.name, e.confidence, p.title, e.sentences[1]",
            parameters,
        )
    else:
        found = store.run(
            f"MATCH (a {{id: $source}})-[e:`{kind}`]->(b {{id: $target}}) MATCH (p:Paper)-[:HAS_RESULT]->(r:Result) "
            "WHERE r.id = $source OR r.id = $target "
            "RETURN label(a), a.name, label(b), b.name, r.confidence, p.title, r.sentence",
            parameters,
        )
    first, first_name, second, second_name, confidence, title, sentence = found.rows[0]
    return [f"{first} {first_name}", f"{second} {second_name}", f"{confidence:.2f}", title, sentence]


def report(judged: Path, numbers: dict[str, int]) -> None:
    """The share that is right, by type and of all."""
    right: dict[str, list[int]] = defaultdict(list)
    with judged.open(encoding="utf-8", newline="") as lines:
        for verdict, _, kind, *_ in csv.reader(lines, delimiter="\t"):
            right[kind].append(int(verdict))
    print(f"{'':16}{'edges':>10}{'read':>6}{'right':>7}   95% interval")
    for kind, verdicts in right.items():
        low, high = wilson(sum(verdicts), len(verdicts))
        share = sum(verdicts) / len(verdicts)
        print(f"{kind:16}{numbers[kind]:10}{len(verdicts):6}{share:7.0%}   {low:.0%} - {high:.0%}")
    total = sum(numbers[kind] for kind in right)
    shares = {kind: sum(v) / len(v) for kind, v in right.items()}
    mean = sum(shares[kind] * numbers[kind] for kind in right) / total
    spread = sum((numbers[k] / total) ** 2 * shares[k] * (1 - shares[k]) / len(v) for k, v in right.items())
    half = 1.96 * math.sqrt(spread)
    print(f"{'all':16}{total:10}{sum(map(len, right.values())):6}{mean:7.0%}   {mean - half:.0%} - {mean + half:.0%}")


def wilson(right: int, number: int, z: float = 1.96) -> tuple[float, float]:
    """The score interval of a share (Wilson, 1927)."""
    share, weight = right / number, z * z / number
    middle = (share + weight / 2) / (1 + weight)
    half = z * math.sqrt(share * (1 - share) / number + weight / (4 * number)) / (1 + weight)
    return max(0.0, middle - half), min(1.0, middle + half)


if __name__ == "__main__":
    main()
