from __future__ import annotations

import pytest

from kg.errors import InputError
from kg.resolve import Registry, RegistryEntry, check_registry, load_registry
from kg.schema import EntityType


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_registry_is_broad_and_without_conflict():
    registry = load_registry()
    count = {type: sum(entry.type is type for entry in registry) for type in EntityType}
    assert count[EntityType.BENCHMARK] >= 400 and count[EntityType.MODEL] >= 400
    assert count[EntityType.METHOD] + count[EntityType.METRIC] >= 300 and count[EntityType.TASK] >= 150
    links = {type: sum(entry.link is not None for entry in registry if entry.type is type) for type in EntityType}
    assert links[EntityType.BENCHMARK] >= 400 and links[EntityType.MODEL] >= 400
    assert links[EntityType.METHOD] + links[EntityType.METRIC] >= 300
    assert check_registry() == []


def test_every_spelling_of_the_shipped_registry_finds_its_entry():
    registry = load_registry()
    lost = [s for entry in registry for s in entry.surfaces if registry.find(s, entry.type) is not entry]
    assert lost == []


def test_a_case_marked_name_is_found_by_plain_spellings_only():
    registry = load_registry()
    lora = registry.find("LoRA", EntityType.METHOD)
    assert lora is not None and lora.name == "LoRA"
    assert registry.find("lora", EntityType.METHOD) is lora is registry.find("LORA", EntityType.METHOD)
    assert registry.find("LoRa", EntityType.METHOD) is None
    assert registry.find("LoRA", EntityType.BENCHMARK) is None


def test_a_users_file_adds_and_overrides(tmp_path):
    extra = write(
        tmp_path / "mine.yaml",
        "benchmarks:\n- {name: HomeBench, aliases: [HB-1], family: MATH}\n- {name: MATH500, aliases: [M5C]}\n",
    )
    registry = load_registry(extra)
    assert registry.find("hb1", EntityType.BENCHMARK).name == "HomeBench"
    assert registry.find("M5C", EntityType.BENCHMARK).name == "MATH500"
    assert registry.find("MATH-500", EntityType.BENCHMARK).family == "MATH"
    assert registry.family(registry.find("HomeBench", EntityType.BENCHMARK)).name == "MATH"
    assert load_registry().find("HomeBench", EntityType.BENCHMARK) is None
    assert check_registry(extra) == []


def test_conflicts_are_found(tmp_path):
    extra = write(
        tmp_path / "mine.yaml",
        "benchmarks:\n- {name: First, aliases: [Common-1]}\n- {name: Second, aliases: [common1], family: Nowhere}\n"
        "- {name: Third, family: Fourth}\n- {name: Fourth, family: Third}\n- {name: First}\n",
    )
    found = [str(conflict) for conflict in check_registry(extra)]
    assert found == [
        "Benchmark: 'Common-1' names several entries: First, Second",
        "Benchmark: has two entries: First",
        "Benchmark: is a variant of itself: Fourth",
        "Benchmark: is a variant of itself: Third",
        "Benchmark: the family 'Nowhere' has no entry: Second",
    ]


@pytest.mark.parametrize(
    "text, said",
    [
        ("- {name: A, alias: [B]}\n", "alias"),
        ("- {aliases: [B]}\n", "name"),
        ("- {name: A}\n", "type"),
        ("- {name: A, type: Thing}\n", "type"),
        ("- A\n", "not a mapping"),
        ("things:\n- {name: A}\n", "no list of the registry"),
        ("- {name: A\n  b\n- [", "not YAML"),
    ],
)
def test_a_bad_file_is_told(tmp_path, text, said):
    path = write(tmp_path / "mine.yaml", text)
    with pytest.raises(InputError) as caught:
        load_registry(path)
    assert said in str(caught.value) and str(path) in str(caught.value)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        load_registry(tmp_path / "none.yaml")


def test_a_name_outranks_an_alias_of_another():
    one = RegistryEntry(name="SAM", type=EntityType.MODEL)
    two = RegistryEntry(name="Other", type=EntityType.MODEL, aliases=("SAM",))
    for entries in ([one, two], [two, one]):
        assert Registry(entries).find("sam", EntityType.MODEL) is one


def test_a_registry_is_the_same_after_a_text_was_made_of_it():
    registry = load_registry()
    again = Registry.from_json(registry.to_json())
    assert again.entries == registry.entries
    for entry in registry:
        for surface in (*entry.surfaces, entry.name.lower(), f"{entry.name} model"):
            found, expected = again.find(surface, entry.type), registry.find(surface, entry.type)
            assert found == expected
        assert again.family(entry) == registry.family(entry)
