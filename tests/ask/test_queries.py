"""Queries of several facts find what a look at every node of the graph finds."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.ask.compile import compile_intent
from kg.ask.intent import Constraint, Intent, Name
from kg.ask.vocabulary import kinds
from kg.graph import Graph
from kg.graph.graph import NodeKey
from kg.store import LadybugStore

KINDS = {"Method": 12, "Model": 5, "Benchmark": 4}
FACTS = {"evaluated_on": "EVALUATED_ON", "based_on": "BASED_ON"}
Held = set[tuple[str, NodeKey, NodeKey]]


def made_up() -> tuple[Graph, Held]:
    """A graph in which things are evaluated by edges, by results and by both, and the facts of it."""
    choose = random.Random(4)
    graph, held = Graph(), set[tuple[str, NodeKey, NodeKey]]()
    nodes: dict[str, list[NodeKey]] = {label: [(label, f"{label}{i}") for i in range(n)] for label, n in KINDS.items()}
    for label, identifier in itertools.chain(*nodes.values()):
        graph.nodes[label, identifier] = {"id": identifier, "name": identifier, "aliases": [identifier], "papers": 1}
    proof = {"confidence": 0.9, "papers": ["p"], "sentences": ["It is so."]}
    graph.nodes["Paper", "p"] = {"id": "p", "name": "P", "title": "P", "abstract": "It is so."}
    for x in nodes["Method"] + nodes["Model"]:
        for benchmark in nodes["Benchmark"]:
            by = choose.choice(["edge", "result", "both", "", ""])
            if by in ("edge", "both"):
                graph.edges["EVALUATED_ON", x, benchmark] = dict(proof)
            if by in ("result", "both"):
                result = ("Result", f"r{x[1]}{benchmark[1]}")
                graph.nodes[result] = {"id": result[1], "name": "9%", "value": "9%", "number": 9.0, "unit": "%",
                                       "kind": "absolute", "sentence": "It is so.", "confidence": 0.9}  # fmt: skip
                graph.edges["HAS_RESULT", ("Paper", "p"), result] = {}
                graph.edges["OF", result, x] = {}
                graph.edges["ON", result, benchmark] = {}
            if by:
                held.add(("evaluated_on", x, benchmark))
        for other in choose.sample(nodes["Method"], 5):
            if other != x:
                graph.edges["BASED_ON", x, other] = dict(proof)
                held.add(("based_on", x, other))
    return graph, held


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LadybugStore, Graph, Held]]:
    graph, held = made_up()
    path: Path = tmp_path_factory.mktemp("world") / "graph.lbug"
    with LadybugStore(path) as store:
        store.write(graph)
        yield store, graph, held


def holds(x: NodeKey, constraint: Constraint, held: Held) -> bool:
    named = {(name.label, i) for name in constraint.names for i in name.ids}
    return any((constraint.fact, x, node) in held for node in named) != constraint.negated


CASES = list(itertools.product([("Method",), ("Model",), ("Method", "Model")], range(40)))


@pytest.mark.parametrize(("asked", "seed"), CASES)
def test_facts_together(world: tuple[LadybugStore, Graph, Held], asked: tuple[str, ...], seed: int) -> None:
    store, graph, held = world
    choose = random.Random(seed)
    constraints = []
    for number in range(choose.randint(1, 3)):
        fact = choose.choice(list(FACTS))
        label = "Benchmark" if fact == "evaluated_on" else "Method"
        ids = tuple(f"{label}{i}" for i in choose.sample(range(KINDS[label]), choose.choice([1, 1, 2])))
        name = Name(text="x", label=label, ids=ids, names=ids)
        negated = bool(number) and choose.random() < 0.2
        constraints.append(Constraint(fact=fact, side="object", names=(name,), negated=negated))
    right = {x[1] for x in graph.nodes if x[0] in asked and all(holds(x, c, held) for c in constraints)}
    intent = Intent(kind="test", form="list", asked=asked, constraints=tuple(constraints))
    query = compile_intent(intent, kinds())
    assert {row[0] for row in store.run(query.text, query.parameters).rows} == right
    query = compile_intent(intent.model_copy(update={"form": "count"}), kinds())
    assert store.run(query.text, query.parameters).rows == [[len(right)]]
