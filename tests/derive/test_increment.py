"""A graph that follows its records is the one that is made of them anew, and so is its index."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import kg.derive.increment
from kg.derive import Increment, Index, TooMuchError, derive_whole
from kg.graph import Delta, DiskGraph, Graph, NodeKey
from kg.journal import Journal
from kg.resolve import Decisions, Merge, Registry, Resolver, Split, load_registry
from kg.schema import EntityType
from kg.store.part import Region
from tests.derive.records import SURFACES, random_record


@dataclass
class Stored:
    """A graph in memory in the place of a database."""

    graph: Graph = field(default_factory=Graph)

    def apply(self, delta: Delta) -> None:
        """Does what a database does, and sees that it can be done."""
        for of_created, of_removed, mine in (
            (delta.created.nodes, delta.removed.nodes, self.graph.nodes),
            (delta.created.edges, delta.removed.edges, self.graph.edges),
        ):
            assert not of_created.keys() & mine.keys()
            for key in of_removed:
                del mine[key]  # type: ignore[arg-type]
        self.graph.nodes.update(delta.created.nodes | delta.changed.nodes)
        self.graph.edges.update(delta.created.edges | delta.changed.edges)
        assert all(end in self.graph.nodes for edge in self.graph.edges for end in edge[1:])


def read_part(stored: Stored, region: Region) -> Graph:
    graph, part = stored.graph, Graph()
    papers = {("Paper", paper) for paper in region.papers}
    told = papers | {("Paper", paper) for paper in region.results}
    results = {target for kind, source, target in graph.edges if kind == "HAS_RESULT" and source in told}
    part.nodes.update((n, graph.nodes[n]) for n in papers | results | region.entities if n in graph.nodes)
    for edge, properties in graph.edges.items():
        kind, source, target = edge
        of_variant = kind == "VARIANT_OF" and source in region.variants
        if source in papers or {source, target} & results or edge in region.relations or of_variant:
            part.edges[edge] = properties
    return part


def first_mentions(stored: Stored, nodes: Iterable[NodeKey]) -> dict[NodeKey, dict[str, str]]:
    wanted, found = set(nodes), defaultdict(dict)
    for (kind, paper, node), properties in stored.graph.edges.items():
        if kind == "MENTIONS" and node in wanted:
            found[node][paper[1]] = properties["sentences"][0]
    return found


@pytest.fixture(autouse=True)
def in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    for stand_in in (read_part, first_mentions):
        monkeypatch.setattr(kg.derive.increment, stand_in.__name__, stand_in)


@pytest.fixture(scope="module")
def registry() -> Registry:
    """What the shipped registry knows of the names of the records."""
    shipped = load_registry()
    known = [shipped.find(s, kind) for kind, lists in SURFACES.items() for surfaces in lists for s in surfaces]
    families = [shipped.family(entry) for entry in known if entry]
    return Registry(dict.fromkeys(entry for entry in (*known, *families) if entry))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal") as made:
        yield made


def whole(journal: Journal, decisions: Decisions, registry: Registry, path: Path) -> tuple[Graph, Index]:
    index, graph = Index(path, create=True), Graph()
    resolver = Resolver(registry, decisions).fit(journal.records(resolved=False))
    records = [(record, kept) for kept in (True, False) for record in journal.records(resolved=kept)]
    with index.transaction(), DiskGraph(path.parent) as made:
        derive_whole(made, records, resolver, registry, index)
        graph.nodes.update(((label, str(p["id"])), dict(p)) for label, p in made.iter_nodes())
        graph.edges.update(((kind, a, b), dict(p)) for kind, a, b, p in made.iter_edges())
    return graph, index


def tables(index: Index) -> dict[str, list[tuple[object, ...]]]:
    names = ("entity", "place", "name", "thing", "said", "stated", "node", "family")
    return {name: sorted(index.rows(f"SELECT * FROM {name}"), key=str) for name in names}


def decided(decisions: Decisions, rng: random.Random) -> Decisions:
    """Decisions with one more, or with one less."""
    kind = rng.choice(list(EntityType))
    left, right = (rng.choice(rng.choice(SURFACES[kind])) for _ in range(2))
    if rng.random() < 0.5:
        return Decisions((*decisions.merges, Merge(kind, left, right)), decisions.splits)
    if rng.random() < 0.6:
        return Decisions(decisions.merges, (*decisions.splits, Split(kind, right, left)))
    return Decisions(decisions.merges[1:], decisions.splits[1:])


@pytest.mark.parametrize(("seed", "steps"), [*((seed, 24) for seed in range(5)), (5, 100)])
def test_any_change_gives_the_graph_and_the_index_that_are_made_anew(
    seed: int, steps: int, journal: Journal, registry: Registry, tmp_path: Path
) -> None:
    rng, decisions = random.Random(seed), Decisions()
    graph, index = whole(journal, decisions, registry, tmp_path / "index")
    stored, step, there = Stored(graph), journal.step(), []
    with closing(index):
        for number in range(steps):
            before = decisions
            if there and rng.random() < 0.25:
                journal.remove(there.pop(rng.randrange(len(there))))
            elif there and rng.random() < 0.2:
                decisions = decided(decisions, rng)
            else:
                there.append(f"p{number}")
                journal.add_papers([random_record(number, rng)], resolve=rng.random() < 0.8)
            changed = journal.changed_since(step)
            assert changed is not None
            with index.transaction():
                stored.apply(Increment(journal, index, stored).delta(changed, before, decisions, 1000))  # type: ignore[arg-type]
            step = journal.step()
            if number % (steps // 6) == 3:
                expected, anew = whole(journal, decisions, registry, tmp_path / "anew")
                with closing(anew):
                    assert stored.graph.canonical() == expected.canonical()
                    assert tables(index) == tables(anew)


def test_what_would_read_too_many_papers_again_changes_nothing(
    journal: Journal, registry: Registry, tmp_path: Path
) -> None:
    rng = random.Random(1)
    journal.add_papers((random_record(number, rng) for number in range(6)), resolve=True)
    graph, index = whole(journal, Decisions(), registry, tmp_path / "index")
    step, before = journal.step(), tables(index)
    journal.add_papers((random_record(number, rng) for number in range(6, 12)), resolve=True)
    with closing(index):
        with pytest.raises(TooMuchError), index.transaction():
            changed = journal.changed_since(step) or set()
            Increment(journal, index, Stored(graph)).delta(changed, Decisions(), Decisions(), 5)  # type: ignore[arg-type]
        assert tables(index) == before


def test_an_index_that_is_none_is_not_opened(tmp_path: Path) -> None:
    assert Index.open(tmp_path / "missing") is None
    (tmp_path / "other").write_bytes(b"no database at all, but long enough for one" * 100)
    assert Index.open(tmp_path / "other") is None
