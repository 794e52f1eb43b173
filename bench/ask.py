"""How long an answer takes: questions of every kind on a made-up graph of a given size, or on a graph of yours.

    python bench/ask.py [--nodes 15000 100000] [--questions 300] [--graph graph.lbug]

A made-up graph has a paper for every four nodes; what papers mention, propose, report on and build on is drawn with
popular things far more often than others (fixed seed). Questions are the templates of ``TEMPLATES`` filled with names
of the graph, drawn with their popularity, so that common names with many rows are asked for most. The process is warm:
the names are read, and twenty other questions were asked. Printed are milliseconds: median, 95th percentile and
maximum, over all questions and for the slowest templates, and the time of reading the names.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from kg.ask import Asker
from kg.graph import Graph
from kg.schema import PropertyValue
from kg.store import LadybugStore

TEMPLATES = (
    "which methods report on {Benchmark}",
    "methods and models evaluated on {Benchmark} with {Metric} above 50",
    "best method on {Benchmark} by {Metric}",
    "top 5 methods on {Benchmark}",
    "which benchmarks does {Method} report on",
    "what are the results of {Method}",
    "{Metric} of {Method} on {Benchmark}",
    "which metrics are used on {Benchmark}",
    "which paper proposes {Method}",
    "which papers use {Model}",
    "which papers evaluate on {Benchmark}",
    "papers about {Method} since 2025",
    "what is {Method} based on",
    "what is based on {Method}",
    "what does {Method} outperform",
    "what outperforms {Method}",
    "which methods address {Task}",
    "which tasks is {Method} applied to",
    "compare {Method} and {Method}",
    "what is {Model}",
    "how many papers evaluate on {Benchmark}",
    "methods based on {Method} and evaluated on {Benchmark}",
    "methods evaluated on both {Benchmark} and {Benchmark}",
    "papers that use any {Model} model",
    "papers since 2025",
    "which mehtods report on {Benchmark}",
    "which papers use Nothing-Known-99",
    "who won the world cup",
)
_SHARES = {"Method": 0.6, "Model": 0.1, "Benchmark": 0.1, "Metric": 0.05, "Task": 0.15}
_SYLLABLES = ("ra", "mo", "ti", "lex", "gra", "po", "vi", "net", "sol", "ka", "dun", "fer", "zu", "bel", "qui", "tor")


class Maker:
    """Makes a graph of about ``nodes`` nodes: a quarter papers, a quarter results, half entities."""

    def __init__(self, nodes: int) -> None:
        self._random = random.Random(20_26)
        self.graph = Graph()
        self.names: dict[str, list[str]] = {}
        for label, share in _SHARES.items():
            self._entities(label, max(10, int(nodes * 0.5 * share)))
        for number in range(nodes // 4):
            self._paper(f"p{number:06}")

    def _entities(self, label: str, count: int) -> None:
        self.names[label] = []
        for number in range(count):
            name = "".join(self._random.choice(_SYLLABLES) for _ in range(3)).title() + f"-{number}"
            self.names[label].append(name)
            properties: dict[str, PropertyValue] = {"id": f"{label}:{number}", "name": name, "papers": 1}
            self.graph.nodes[label, f"{label}:{number}"] = properties | {"aliases": [name, f"{name} ({label.lower()})"]}

    def pick(self, label: str) -> int:
        """The number of an entity; the first ones are far more popular."""
        return int(len(self.names[label]) * self._random.random() ** 4)

    def _node(self, label: str) -> tuple[str, str]:
        return label, f"{label}:{self.pick(label)}"

    def _edge(self, kind: str, source: tuple[str, str], target: tuple[str, str], paper: str) -> None:
        if source == target:
            return
        known = self.graph.edges.setdefault((kind, source, target), {"confidence": 0.9, "papers": [], "sentences": []})
        for name, value in (("papers", paper), ("sentences", f"A sentence of {paper} says so, as sentences do.")):
            values = known[name]
            assert isinstance(values, list)
            known[name] = [*values, value]  # type: ignore[list-item]

    def _paper(self, identifier: str) -> None:
        title = " ".join(self._random.choice(_SYLLABLES).title() for _ in range(8)) + f" {identifier}"
        year, month = self._random.randint(2022, 2026), self._random.randint(1, 12)
        node = "Paper", identifier
        properties: dict[str, PropertyValue] = {"id": identifier, "name": title, "title": title, "abstract": title * 8}
        self.graph.nodes[node] = properties | {"published": f"{year}-{month:02}-01", "source": ["made.up"]}
        method, model = self._node("Method"), self._node("Model")
        benchmark, metric, task = self._node("Benchmark"), self._node("Metric"), self._node("Task")
        others = [self._node(label) for label in ("Method", "Method", "Method", "Method", "Task", "Benchmark")]
        for entity in (method, model, benchmark, metric, task, *others):
            self._edge("MENTIONS", node, entity, identifier)
        self._edge("PROPOSES", node, method, identifier)
        self._edge("USES", node, model, identifier)
        self._edge("USES", node, others[0], identifier)
        self._edge("COMPARES_WITH", node, others[1], identifier)
        self._edge("EVALUATES_ON", node, benchmark, identifier)
        self._edge("ADDRESSES", node, task, identifier)
        self._edge("REPORTS", node, metric, identifier)
        self._edge("EVALUATED_ON", method, benchmark, identifier)
        self._edge("EVALUATED_ON", model, others[5], identifier)
        self._edge("BASED_ON", method, others[0], identifier)
        self._edge("OUTPERFORMS", method, others[1], identifier)
        self._edge("APPLIED_TO", method, task, identifier)
        result = "Result", f"r{identifier}"
        number = round(self._random.uniform(1, 99), 1)
        values: dict[str, PropertyValue] = {"id": result[1], "name": f"{number}%", "value": f"{number}%", "unit": "%"}
        values |= {"number": number, "kind": "absolute", "sentence": f"It reaches {number}%.", "confidence": 0.9}
        self.graph.nodes[result] = values
        joined = (("OF", method), ("ON", benchmark), ("MEASURES", metric))
        self.graph.edges["HAS_RESULT", node, result] = {}
        for edge, target in joined:
            self.graph.edges[edge, result, target] = {}


def fill(template: str, names: dict[str, list[str]], draw: random.Random) -> str:
    """A template with names of the graph; the first of a label's names are drawn most often."""
    for label, known in names.items():
        while f"{{{label}}}" in template:
            template = template.replace(f"{{{label}}}", known[int(len(known) * draw.random() ** 4)], 1)
    return template


def measure(store: LadybugStore, names: dict[str, list[str]] | None, questions: int) -> None:
    """Asks and prints."""
    asker = Asker(store)
    start = time.perf_counter()
    index = asker.index
    seconds = time.perf_counter() - start
    if names is None:
        labels = (*_SHARES, "Paper")
        names = {label: [entry.name for entry in index.popular([label], 10_000_000)] for label in labels}
    nodes = sum(store.counts()["nodes"].values())
    print(f"{nodes} nodes; names there after {seconds:.2f} s")
    draw = random.Random(7)
    for template in TEMPLATES[:20]:
        asker.ask(fill(template, names, draw))
    times: dict[str, list[float]] = defaultdict(list)
    for number in range(questions):
        template = TEMPLATES[number % len(TEMPLATES)]
        question = fill(template, names, draw)
        start = time.perf_counter()
        asker.ask(question)
        times[template].append(1000 * (time.perf_counter() - start))
    everything = [value for values in times.values() for value in values]
    print(f"  {'all':64} {line(everything)}")
    for template, values in sorted(times.items(), key=lambda item: -statistics.median(item[1]))[:8]:
        print(f"  {template:64} {line(values)}")


def line(values: list[float]) -> str:
    ranked = sorted(values)
    p95 = ranked[int(0.95 * len(ranked))]
    return f"median {statistics.median(ranked):6.1f} ms   p95 {p95:6.1f}   max {ranked[-1]:6.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, nargs="*", default=[15_000, 100_000])
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--graph", type=Path)
    arguments = parser.parse_args()
    if arguments.graph:
        with LadybugStore(arguments.graph, read_only=True) as store:
            measure(store, None, arguments.questions)
        return
    for nodes in arguments.nodes:
        with tempfile.TemporaryDirectory() as folder, LadybugStore(Path(folder) / "graph.lbug") as store:
            made = Maker(nodes)
            store.write(made.graph)
            measure(store, made.names, arguments.questions)


if __name__ == "__main__":
    main()
