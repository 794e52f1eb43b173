"""What a graph of many papers teaches of names: entries that the registry lacks, for a person to look through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.schema import EntityType

if TYPE_CHECKING:
    from kg.resolve import Registry, RegistryEntry
    from kg.store import Store


@dataclass(frozen=True)
class Suggestion:
    """An entry for a registry file, and in how many papers the thing is named.

    ``known`` says that the registry has an entry of that name, to which this one adds aliases.
    """

    entry: RegistryEntry
    papers: int
    known: bool


def suggest_entries(store: Store, registry: Registry, papers: int) -> list[Suggestion]:
    """Entries for the things that at least so many papers name and the registry lacks, or lacks aliases of.

    An alias is one that no spelling rule finds: of the spellings with one name key, the first. A family is one that
    has an entry, here or in the registry. Sorted by type, then the most named first.
    """
    found = [found for type in EntityType for found in _of_type(store, registry, type, papers)]
    named = {(each.entry.type, each.entry.name) for each in found}
    for number, each in enumerate(found):
        entry = each.entry
        if entry.family and (entry.type, entry.family) not in named and not registry.find(entry.family, entry.type):
            found[number] = Suggestion(entry.model_copy(update={"family": None}), each.papers, each.known)
    return found


def _of_type(store: Store, registry: Registry, type: EntityType, papers: int) -> list[Suggestion]:
    from kg.resolve import RegistryEntry

    things = store.run(
        f"MATCH (n:{type}) WHERE n.papers >= $papers RETURN n.id, n.name, n.aliases, n.papers "
        "ORDER BY n.papers DESC, n.id",
        {"papers": papers},
    )
    variants = store.run(
        f"MATCH (n:{type})-[:VARIANT_OF]->(f:{type}) WHERE n.papers >= $papers RETURN n.id, f.name", {"papers": papers}
    )
    family = {str(id_): str(name) for id_, name in variants.rows}
    found = []
    for id_, name, aliases, count in things.rows:
        known = registry.find(name, type)
        new = _new_aliases(registry, type, known.name if known else name, aliases)
        if known is None:
            entry = RegistryEntry(name=name, type=type, aliases=new, family=family.get(id_))
            found.append(Suggestion(entry, count, known=False))
        elif new:
            found.append(Suggestion(RegistryEntry(name=known.name, type=type, aliases=new), count, known=True))
    return found


def _new_aliases(registry: Registry, type: EntityType, name: str, aliases: Iterable[str]) -> tuple[str, ...]:
    from kg.resolve.names import name_key

    first: dict[str, str] = {}
    for alias in aliases:
        if registry.find(alias, type) is None:
            first.setdefault(name_key(alias, type), alias)
    first.pop(name_key(name, type), None)
    return tuple(first.values())
