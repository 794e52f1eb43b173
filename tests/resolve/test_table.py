"""The table of a resolver says of every entity what the resolver says."""

from __future__ import annotations

import random

from kg.resolve import Evidence, Name, NameTable, Resolver, load_registry, name_key, surfaces_of
from tests.derive.records import random_record


def test_a_table_that_was_sent_elsewhere_decides_as_the_resolver() -> None:
    rng = random.Random(3)
    records = [random_record(number, rng) for number in range(200)]
    resolver = Resolver(load_registry()).fit(records)
    table = NameTable.from_rows(resolver.table(resolver.roots()).rows())
    several = 0
    for record in records:
        for (entity, surfaces), thing in zip(surfaces_of(record), resolver.things_of(record), strict=True):
            names = [Name(entity.type, name_key(surface, entity.type)) for surface in surfaces]
            several += len(set(names)) > 1
            found = table.find(names)
            assert found is not None
            assert (found.root.type, found.name) == (thing.type, thing.name)
    assert several > 20


def test_counts_of_parts_add_up_to_those_of_the_whole() -> None:
    records = [random_record(number, random.Random(number)) for number in range(60)]
    whole, sum_of_parts = Evidence(), Evidence()
    for at in range(0, 60, 7):
        part = Evidence()
        for record in records[at : at + 7]:
            part.add(record)
            whole.add(record)
        sum_of_parts.add_rows(part.rows())
    assert (sum_of_parts.usage, sum_of_parts.links) == (whole.usage, whole.links)


def test_a_table_does_not_know_what_it_was_not_asked_for() -> None:
    records = [random_record(number, random.Random(number)) for number in range(20)]
    resolver = Resolver(load_registry()).fit(records)
    some = sorted(resolver.roots())[:3]
    table = resolver.table(some)
    assert len(table) == 3
    assert table.find(sorted(resolver.roots())[3:]) is None
