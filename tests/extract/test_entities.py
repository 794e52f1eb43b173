"""Which mentions of a text name the same thing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extract import load_pipeline
from kg.extract.aliases import COLUMNS, Name, find_pairs, read_off
from kg.extract.entities import EntitiesPipe, Group, Place, group, merge, names_of
from kg.schema import EntityType


def places(text: str, *names: str, kind: EntityType = EntityType.METHOD) -> list[Place]:
    return [Place(text.index(name), text.index(name) + len(name), kind, name) for name in names]


def surfaces(text: str, groups: list[Group]) -> list[set[str]]:
    return [{text[p.start : p.end] for p in g.places} for g in groups]


def test_an_abbreviation_and_its_long_form_are_one() -> None:
    text = "Low-rank adaptation (LoRA) is cheap. QLoRA extends LoRA."
    found = group(text, places(text, "Low-rank adaptation", "LoRA", "QLoRA"))
    assert surfaces(text, found) == [{"Low-rank adaptation", "LoRA"}, {"QLoRA"}]
    assert found[0].short == "LoRA"


def test_letters_are_read_off_in_order() -> None:
    assert read_off(["divsampling"], ["diversified", "sampling"]) > 0.9
    assert read_off(["mom"], ["memory", "efficient", "offloaded", "mini"]) == 1.0
    assert read_off(["bert"], ["stochastic", "descent"]) < 0.5


NAMES = st.lists(st.text(st.sampled_from("aAbB -2"), min_size=1, max_size=8), min_size=2, max_size=6)


@given(NAMES, st.integers(0, 20))
def test_features_are_finite_for_any_names(names: list[str], title: int) -> None:
    text = " ".join(names)
    found, at = [], 0
    for surface in names:
        start = text.index(surface, at)
        at = start + len(surface)
        found.append(Name(text, title, EntityType.METHOD, (surface,), ((start, at),)))
    pairs, features = find_pairs(found)
    assert features.shape == (len(pairs), COLUMNS)
    assert np.isfinite(features).all()


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12), st.randoms())
def test_joined_groups_do_not_depend_on_the_order_of_pairs(pairs: list[tuple[int, int]], random: object) -> None:
    groups = [Group([Place(i, i + 1, EntityType.TASK, "x")]) for i in range(8)]
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = merge(groups, pairs), merge(groups, shuffled)
    assert [{p.start for p in g.places} for g in first] == [{p.start for p in g.places} for g in second]
    assert sorted(p.start for g in first for p in g.places) == list(range(8))


def test_names_of_two_types_are_no_pair() -> None:
    text = "GSM8K and GSM8K solver"
    groups = [
        Group(places(text, "GSM8K", kind=EntityType.BENCHMARK)),
        Group(places(text, "GSM8K solver", kind=EntityType.METHOD)),
    ]
    assert find_pairs(names_of(text, 0, groups))[0] == []


@pytest.mark.slow
def test_the_shipped_network_joins_a_loose_abbreviation() -> None:
    nlp = load_pipeline()
    pipe = nlp.get_pipe("kg_entities")
    assert isinstance(pipe, EntitiesPipe)
    assert pipe.network is not None
    text = "Adaptive Pruning Helps Language Models\nWe present AdaPruning. It is faster than beam search."
    found = names_of(text, 38, group(text, places(text, "Adaptive Pruning", "AdaPruning", "beam search")))
    pairs, features = find_pairs(found)
    chances = dict(zip(pairs, pipe.network.score(features).tolist(), strict=True))
    assert chances[0, 1] > pipe.settings.threshold
    assert all(chance < pipe.settings.threshold for pair, chance in chances.items() if pair != (0, 1))
