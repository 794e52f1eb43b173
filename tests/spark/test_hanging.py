"""Which names of a paper hang together with those of others: told from the numbers of all papers."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from kg.resolve import Evidence, Registry, RegistryEntry, Resolver, load_registry
from kg.schema import EntityType
from kg.spark.hanging import Joints, mentioned
from tests.derive.records import random_record

METHOD, MODEL, BENCHMARK, METRIC, TASK = EntityType


def shared(*papers: list[tuple[EntityType, dict[str, int]]], registry: Registry | None = None) -> list[list[bool]]:
    joints = Joints(registry or Registry())
    counts = Counter(number for paper in papers for number in joints.of_paper(paper))
    several = np.sort(np.array([number for number, papers in counts.items() if papers > 1], np.int64))
    return [joints.are_shared(paper, several) for paper in papers]


@pytest.mark.parametrize(
    "other",
    [
        {"Foo Net": 1},  # one name key
        {"Foo-Net": 2, "Foo Network of Bars": 1},  # over another name
    ],
)
def test_names_that_two_papers_have_are_shared(other: dict[str, int]) -> None:
    assert shared([(METHOD, {"Foo-Net": 1}), (METHOD, {"BarNet": 1})], [(METHOD, other)]) == [[True, False], [True]]


def test_what_a_paper_joins_to_a_shared_name_is_shared_too() -> None:
    chain = [(METHOD, {"Alpha Beta": 1, "AB": 1}), (METHOD, {"AB": 1, "Apt Beaver": 1}), (TASK, {"AB": 1})]
    assert shared(chain, [(METHOD, {"apt beaver": 1})]) == [[True, True, False], [True]]


def test_words_in_another_order_and_entries_of_the_registry_join() -> None:
    registry = Registry([RegistryEntry(name="MATH500", type=BENCHMARK, aliases=("MATH-500",))])
    papers = [(METRIC, {"speed of inference": 1}), (BENCHMARK, {"MATH500": 1})], [(METRIC, {"inference speed": 1})]
    assert shared(*papers, registry=registry) == [[True, False], [True]]
    apart = [(BENCHMARK, {"MATH500": 1})], [(BENCHMARK, {"MATH-500": 1})]
    assert shared(*apart, registry=registry) == [[True], [True]]


@pytest.mark.parametrize("seed", range(5))
def test_what_is_not_shared_is_the_same_without_the_other_papers(seed: int) -> None:
    registry = load_registry()
    rng = random.Random(seed)
    papers = [mentioned(random_record(number, rng)) for number in range(12)]
    # Names of their own, some with abbreviations, so that not everything hangs together.
    for number, paper in enumerate(papers):
        paper.append((METHOD, {f"Own {'abcdefghijkl'[number]} Thing Finder": 1, f"O{'ABCDEFGHIJKL'[number]}TF": 2}))
        paper.append((MODEL, {f"Zeta{number}": 1, f"zeta-{number}": 1}))
    whole = fitted(registry, papers)
    alone = 0
    for paper, are_shared in zip(papers, shared(*papers, registry=registry), strict=True):
        own = [entity for entity, is_shared in zip(paper, are_shared, strict=True) if not is_shared]
        alone += len(own)
        by_itself = fitted(registry, [own])
        for entity in own:
            found, expected = by_itself.root_of(*entity), whole.root_of(*entity)
            assert found is not None and found == expected
            assert by_itself.thing_of(*entity).name == whole.thing_of(*entity).name
    assert alone >= 12


def fitted(registry: Registry, papers: list[list[tuple[EntityType, dict[str, int]]]]) -> Resolver:
    evidence = Evidence()
    for paper in papers:
        for type_, surfaces in paper:
            evidence.add_entity(type_, surfaces)
    return Resolver(registry).fit_evidence(evidence)
