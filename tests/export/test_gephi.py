"""GraphML and GEXF, read by Gephi's own importers."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kg.export import export
from kg.export.columns import edge_columns, ints_text, node_columns, strings_text
from kg.graph import Graph
from tests.export.graphs import HARD, every
from tests.export.java import CACHE, jars, run

_SOURCE = Path(__file__).parent / "gephi" / "Count.java"
_GEPHI_TYPE = {"string": "String", "float": "Double", "int": "Long", "bool": "Boolean"}

Facts = dict[tuple[str, str], list[str]]


def graph() -> Graph:
    """Every label and type, and the hard texts as names, in lists and in edges."""
    graph = every()
    for number, text in enumerate(HARD.values()):
        graph.nodes["Task", f"t{number}"] = {"id": f"t{number}", "name": text, "aliases": [text], "papers": 1}
        key = ("ADDRESSES", ("Paper", "id:0"), ("Task", f"t{number}"))
        graph.edges[key] = {"confidence": 0.5, "papers": ["id:0"], "sentences": [text]}
    return graph


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Facts]:
    """What Gephi holds of each file: for (node or edge, column) the type, the number of values and their digest."""
    folder = tmp_path_factory.mktemp("gephi")
    paths = [str(export(graph(), folder / name)) for name in ("graph.graphml", "graph.gexf")]
    classes = CACHE / "gephi-classes"
    library = f"{jars('gephi')}/*"
    run(["javac", "-cp", library, "-d", str(classes), str(_SOURCE)])
    said = run(["java", "-Xmx1g", "-Djava.awt.headless=true", "-cp", f"{library}:{classes}", "Count", *paths])
    files: dict[str, Facts] = {}
    for line in said.splitlines():
        kind, *rest = line.split("\t")
        if kind == "file":
            facts = files[rest[0]] = {}
        elif kind in ("node", "edge"):
            facts[kind, rest[0]] = rest[1:]
        else:
            facts[kind, ""] = [*facts.get((kind, ""), []), *rest]
    return files


def digest(values: dict[str, str]) -> str:
    text = "".join(f"{name}\0{values[name]}\0" for name in sorted(values))
    return hashlib.sha256(text.encode()).hexdigest()


pytestmark = pytest.mark.slow
both = pytest.mark.parametrize("name", ["graph.graphml", "graph.gexf"])


@both
def test_gephi_reads_every_node_and_edge(name: str, seen: dict[str, Facts]) -> None:
    facts = seen[name]
    assert facts["nodes", ""] == [str(len(graph().nodes))]
    assert facts["edges", ""] == [str(len(graph().edges))]
    assert facts["directed", ""] == ["true"]
    assert not {"WARNING", "SEVERE", "CRITICAL"} & set(facts["issue", ""])


@both
def test_gephi_reads_every_attribute_with_its_type_and_values(name: str, seen: dict[str, Facts]) -> None:
    expected: Facts = {}
    elements = (
        ("node", node_columns(), {f"{label}:{node_id}": known for (label, node_id), known in graph().nodes.items()}),
        ("edge", edge_columns(), dict(enumerate(known for _, known in sorted(graph().edges.items(), key=_order)))),
    )
    for kind, columns, all_known in elements:
        for column, value_type in columns.items():
            values: dict[str, str] = {}
            for key, known in all_known.items():
                value = known.get(column)
                if value is not None:
                    as_text = {"strings": strings_text, "ints": ints_text, "bool": lambda v: str(v).lower()}
                    values[key if kind == "node" else f"e{key}"] = as_text.get(value_type, str)(value)
            expected[kind, column] = [_GEPHI_TYPE.get(value_type, "String"), str(len(values)), digest(values)]
    assert {key: seen[name][key] for key in expected} == expected


@both
def test_gephi_draws_names_and_types(name: str, seen: dict[str, Facts]) -> None:
    names = {f"{label}:{node_id}": str(known["name"]) for (label, node_id), known in graph().nodes.items()}
    types = {f"e{number}": kind for number, ((kind, _, _), _) in enumerate(sorted(graph().edges.items(), key=_order))}
    labels = {key: key.partition(":")[0] for key in names}
    assert seen[name]["node", "Label"] == ["String", str(len(names)), digest(names)]
    assert seen[name]["node", "type"] == ["String", str(len(names)), digest(labels)]
    assert seen[name]["edge", "Label"] == ["String", str(len(types)), digest(types)]
    assert seen[name]["edge", "type"] == ["String", str(len(types)), digest(types)]


def _order(edge: tuple[tuple[str, tuple[str, str], tuple[str, str]], object]) -> tuple[str, ...]:
    kind, start, end = edge[0]
    return kind, start[0], end[0], start[1], end[1]
