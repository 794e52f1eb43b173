"""What a graph teaches of names that the registry lacks."""

from __future__ import annotations

from pathlib import Path

from kg import KnowledgeGraph
from kg.graph import Graph
from kg.resolve import Registry, RegistryEntry
from kg.schema import EntityType
from kg.store import LadybugStore
from kg.suggestion import Suggestion, suggest_entries

METHOD, BENCHMARK = EntityType.METHOD, EntityType.BENCHMARK


def suggested(tmp_path: Path, graph: Graph, *entries: RegistryEntry, papers: int = 2) -> list[Suggestion]:
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.write(graph)
        return suggest_entries(store, Registry(entries), papers)


def thing(graph: Graph, type: EntityType, name: str, papers: int, *aliases: str) -> tuple[str, str]:
    key = str(type), f"{type}:{name}".casefold()
    graph.nodes[key] = {"id": key[1], "name": name, "aliases": [name, *aliases], "papers": papers}
    return key


def test_what_the_registry_lacks_comes_with_its_aliases_and_family(tmp_path: Path) -> None:
    graph = Graph()
    family = thing(graph, BENCHMARK, "FooBench", 3)
    variant = thing(graph, BENCHMARK, "FooBench-Pro", 2, "FooBench Pro", "Foo Benchmark for Professionals")
    thing(graph, BENCHMARK, "Rare", 1)
    thing(graph, BENCHMARK, "Known", 9)
    graph.edges["VARIANT_OF", variant, family] = {"confidence": 1.0, "papers": ["p"], "sentences": ["s"]}
    found = suggested(tmp_path, graph, RegistryEntry(name="Known", type=BENCHMARK))
    assert [(each.entry.name, each.papers, each.known) for each in found] == [
        ("FooBench", 3, False),
        ("FooBench-Pro", 2, False),
    ]
    assert found[1].entry.aliases == ("Foo Benchmark for Professionals",)
    assert found[1].entry.family == "FooBench"


def test_a_family_without_an_entry_is_left_out(tmp_path: Path) -> None:
    graph = Graph()
    family, variant = thing(graph, METHOD, "Foo", 1), thing(graph, METHOD, "Foo-2", 5)
    graph.edges["VARIANT_OF", variant, family] = {"confidence": 1.0, "papers": ["p"], "sentences": ["s"]}
    (only,) = suggested(tmp_path, graph)
    assert (only.entry.name, only.entry.family) == ("Foo-2", None)


def test_a_known_thing_gets_the_aliases_that_its_entry_lacks(tmp_path: Path) -> None:
    graph = Graph()
    thing(graph, METHOD, "GRPO", 5, "Group Relative Policy Optimization", "group-relative optimisation")
    known = RegistryEntry(name="GRPO", type=METHOD, aliases=("Group Relative Policy Optimization",))
    (only,) = suggested(tmp_path, graph, known)
    assert only == Suggestion(
        RegistryEntry(name="GRPO", type=METHOD, aliases=("group-relative optimisation",)), 5, known=True
    )


def test_the_python_object_has_it(tmp_path: Path) -> None:
    graph = Graph()
    thing(graph, METHOD, "Foo", 5)
    with LadybugStore(tmp_path / "graph.lbug") as store:
        store.write(graph)
    with KnowledgeGraph(tmp_path / "graph.lbug") as it:
        assert [each.entry.name for each in it.suggest_entries(5)] == ["Foo"]
        assert it.suggest_entries(6) == []
