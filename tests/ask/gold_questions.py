"""Questions about annotated papers with their answers, worked out from the annotations without any Cypher."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

NAMED = frozenset({"Method", "Model"})


@dataclass(frozen=True)
class GoldQuestion:
    """A question of a kind with the names that answer it, in small letters."""

    kind: str
    text: str
    answer: frozenset[str]


@dataclass
class Annotations:
    """The facts of annotated papers: (subject, object) pairs of names by what joins them."""

    types: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    roles: dict[str, set[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(set))
    mentions: set[tuple[str, str]] = field(default_factory=set)
    relations: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    results: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Annotations:
        """Reads gold/GUIDELINES.md records, one JSON object a line."""
        found = cls()
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            title = record["title"]
            local: dict[str, str] = {}
            for _, kind, name, role in record["entities"]:
                if name in local:
                    continue
                local[name] = kind
                found.types[name].add(kind)
                found.roles[role].add((title, name, kind))
                found.mentions.add((title, name))
            for subject, relation, object_ in record["relations"]:
                found.relations[relation].add((subject, object_))
            for subject, benchmark, metric, value, kind, _ in record["results"]:
                found.results.append((subject, benchmark, metric, value, kind))
                if metric:
                    found.types[metric].add("Metric")
        return found

    def of(self, *kinds: str) -> list[str]:
        """The names of exactly one of these types, in order."""
        return sorted(name for name, types in self.types.items() if len(types) == 1 and types <= set(kinds))

    def only(self, names: set[str], *kinds: str) -> set[str]:
        """Those of the names that are of these types."""
        return {name for name in names if name and self.types[name] & set(kinds)}

    def on(self, benchmark: str) -> set[str]:
        """What reports on a benchmark: by a relation or by a result."""
        by_relation = {s for s, o in self.relations["EVALUATED_ON"] if o == benchmark}
        return by_relation | {s for s, b, _, _, _ in self.results if b == benchmark and s}

    def benchmarks(self, name: str) -> set[str]:
        """The benchmarks that something reports on."""
        by_relation = {o for s, o in self.relations["EVALUATED_ON"] if s == name}
        return by_relation | {b for s, b, _, _, _ in self.results if s == name and b}

    def papers(self, role: str, name: str) -> set[str]:
        """The titles of the papers to which a thing has a role."""
        return {title for title, known, _ in self.roles[role] if known == name}


def simple_number(value: str) -> float | None:
    """The number of a value that is nothing but a number with a unit; None for all that needs judgement."""
    match = re.fullmatch(r"\+?(\d+(?:\.\d+)?)\s?(?:\\?%|x)?", value)
    return float(match[1]) if match else None


def _subjects(pairs: set[tuple[str, str]]) -> Callable[[str], set[str]]:
    return lambda name: {s for s, o in pairs if o == name}


def _objects(pairs: set[tuple[str, str]]) -> Callable[[str], set[str]]:
    return lambda name: {o for s, o in pairs if s == name}


def gold_questions(gold: Annotations, templates: dict[str, list[str]]) -> Iterator[GoldQuestion]:
    """Every question that the annotations answer; the templates of a kind take turns."""
    for kind, names, answer in _one_name(gold):
        turn = cycle(templates[kind])
        for name in names:
            if found := answer(name):
                yield _question(kind, next(turn), found, x=name)
    for kind, fillings in _several_names(gold):
        turn = cycle(templates[kind])
        for values, found in fillings:
            if found:
                yield _question(kind, next(turn), found, **values)


def _question(kind: str, template: str, answer: set[str], **values: str) -> GoldQuestion:
    return GoldQuestion(kind, template.format(**values), frozenset(name.casefold() for name in answer))


def _one_name(gold: Annotations) -> list[tuple[str, list[str], Callable[[str], set[str]]]]:
    benchmarks, tasks, metrics = gold.of("Benchmark"), gold.of("Task"), gold.of("Metric")
    named = gold.of("Method", "Model")
    everything = sorted(name for name, types in gold.types.items() if len(types) == 1)
    based, beats, applied = (gold.relations[kind] for kind in ("BASED_ON", "OUTPERFORMS", "APPLIED_TO"))

    def results(position: int, want: int) -> Callable[[str], set[str]]:
        return lambda name: {row[want] for row in gold.results if row[position] == name and row[want]}

    return [
        ("methods on a benchmark", benchmarks, lambda b: gold.only(gold.on(b), "Method")),
        ("models on a benchmark", benchmarks, lambda b: gold.only(gold.on(b), "Model")),
        ("methods or models on a benchmark", benchmarks, gold.on),
        ("benchmarks of a method or model", named, gold.benchmarks),
        ("results of a method or model", named, results(0, 3)),
        ("metrics of a method or model", named, results(0, 2)),
        ("metrics on a benchmark", benchmarks, results(1, 2)),
        ("methods by metric", metrics, results(2, 0)),
        ("papers that propose", everything, lambda x: gold.papers("proposed", x)),
        ("papers that use", named, lambda x: gold.papers("used", x)),
        ("papers that evaluate on", benchmarks, lambda x: gold.papers("evaluated_on", x)),
        ("papers that mention", everything, lambda x: {title for title, name in gold.mentions if name == x}),
        ("papers that compare with", named, lambda x: gold.papers("baseline", x)),
        ("papers that train on", benchmarks, lambda x: gold.papers("trained_on", x)),
        ("papers that address", tasks, lambda x: gold.papers("addressed", x)),
        ("papers that report a metric", metrics, lambda x: gold.papers("reported", x)),
        ("what a method is based on", named, _objects(based)),
        ("what is based on a method", named, _subjects(based)),
        ("what a method outperforms", named, _objects(beats)),
        ("what outperforms a method", named, _subjects(beats)),
        ("methods for a task", tasks, _subjects(applied)),
        ("tasks of a method", named, _objects(applied)),
        ("definition", everything, lambda x: {x}),
        ("count of papers that use", named, lambda x: {str(len(gold.papers("used", x)) or "")} - {""}),
        ("count of papers that mention", everything, lambda x: {str(len({t for t, n in gold.mentions if n == x}))}),
        ("count of methods on a benchmark", benchmarks, lambda b: {str(len(gold.on(b)) or "")} - {""}),
        ("family", ["LLaMA", "Qwen", "GPT", "BERT"], lambda x: {
            name for name, types in gold.types.items()
            if "Model" in types and re.match(rf"{x}(?![a-z])", name, re.IGNORECASE)
        }),
    ]  # fmt: skip


def _several_names(gold: Annotations) -> Iterator[tuple[str, list[tuple[dict[str, str], set[str]]]]]:
    scored = sorted({(b, m) for s, b, m, _, _ in gold.results if s and b and m})
    above, best = [], []
    for benchmark, metric in scored:
        rows = [(s, simple_number(v), k) for s, b, m, v, k in gold.results if (b, m) == (benchmark, metric) and s]
        if any(number is None for _, number, _ in rows):
            continue
        absolute = [row for row in rows if row[2] == "absolute"] or rows
        top = max(number for _, number, _ in absolute if number is not None)
        best.append(({"x": benchmark, "m": metric}, {s for s, number, _ in absolute if number == top}))
        bound = int(top) - 1
        found = {s for s, number, _ in rows if number is not None and number > bound}
        above.append(({"x": benchmark, "m": metric, "n": str(bound)}, found))
    yield "methods above a number", above
    yield "best on a benchmark", best
    both = sorted({(s, b) for s, b, _, _, _ in gold.results if s and b})
    yield (
        "results of a method on a benchmark",
        [({"x": s, "y": b}, {row[3] for row in gold.results if row[:2] == (s, b)}) for s, b in both],
    )
    benchmarks = [b for b in gold.of("Benchmark") if gold.on(b)]
    pairs = [(a, b) for a in benchmarks for b in benchmarks if a < b]
    yield "two benchmarks", [({"x": a, "y": b}, gold.on(a) & gold.on(b)) for a, b in pairs]
    based = sorted({o for _, o in gold.relations["BASED_ON"]})
    yield (
        "based on one and evaluated on another",
        [
            ({"x": o, "y": b}, {s for s, t in gold.relations["BASED_ON"] if t == o} & gold.on(b))
            for o in based
            for b in benchmarks
        ],
    )
    rivals = sorted(gold.relations["OUTPERFORMS"])
    yield "comparison", [({"x": s, "y": o}, {s, o}) for s, o in rivals]
