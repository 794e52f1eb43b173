"""The curated registry: the things of the field that have a known name, with their aliases.

``config/registry/*.yaml`` holds a list of entries for each type; a user's own file adds to it or overrides it.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kg.errors import InputError
from kg.resolve.names import name_key
from kg.resources import resource
from kg.schema import EntityType

_TYPE_OF_LIST: Mapping[str, EntityType] = {
    "benchmarks": EntityType.BENCHMARK,
    "models": EntityType.MODEL,
    "metrics": EntityType.METRIC,
    "methods": EntityType.METHOD,
    "tasks": EntityType.TASK,
}

_LIST_OF_TYPE = {type: word for word, type in _TYPE_OF_LIST.items()}

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RegistryEntry(BaseModel):
    """One thing of the field.

    ``family`` is the name of another entry of the same type that this one is a variant of; ``link`` is a web address.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    type: EntityType
    aliases: tuple[str, ...] = ()
    family: str | None = None
    link: str | None = Field(default=None, pattern=r"https?://\S+")

    @property
    def surfaces(self) -> tuple[str, ...]:
        """The name and its aliases."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, order=True)
class Conflict:
    """Something that cannot be right in a registry: ``problem`` says what, ``entries`` between which names."""

    type: EntityType
    problem: str
    entries: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.type}: {self.problem}: {', '.join(self.entries)}"


class Registry:
    """Entries with a look-up by spelling.

    Args:
        entries: later ones override earlier ones. An entry with the name of an earlier one of its type is joined with
            it; an alias that both claim belongs to the later.
    """

    def __init__(self, entries: Iterable[RegistryEntry] = ()) -> None:
        merged: dict[tuple[EntityType, str], RegistryEntry] = {}
        for entry in entries:
            earlier = merged.get((entry.type, entry.name))
            merged[entry.type, entry.name] = entry if earlier is None else _joined(earlier, entry)
        keys: dict[tuple[EntityType, str], RegistryEntry] = {}
        for entry in merged.values():
            for surface in entry.surfaces:
                keys[entry.type, name_key(surface, entry.type)] = entry
        # A name outranks an alias, whichever stands first.
        for entry in merged.values():
            keys[entry.type, name_key(entry.name, entry.type)] = entry
        self._index(merged, keys)

    def _index(
        self, entries: dict[tuple[EntityType, str], RegistryEntry], keys: dict[tuple[EntityType, str], RegistryEntry]
    ) -> None:
        self.entries = tuple(entries.values())
        self._by_name, self._by_key = entries, keys
        folded: dict[tuple[EntityType, str], set[str]] = defaultdict(set)
        for (type, key), entry in keys.items():
            folded[type, key.casefold()].add(entry.name)
        self._by_folded = {
            place: entries[place[0], next(iter(names))] for place, names in folded.items() if len(names) == 1
        }

    def to_json(self) -> str:
        """The registry with its look-up, which takes long to make; see ``from_json``."""
        at = {id(entry): number for number, entry in enumerate(self.entries)}
        entries = [entry.model_dump(mode="json") for entry in self.entries]
        keys = [(type, key, at[id(entry)]) for (type, key), entry in self._by_key.items()]
        return json.dumps({"entries": entries, "keys": keys}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Registry:
        """The registry of what ``to_json`` gave, which is not checked again."""
        data = json.loads(text)
        types = {str(type): type for type in EntityType}
        entries = [
            RegistryEntry.model_construct(**{**entry, "type": types[entry["type"]], "aliases": tuple(entry["aliases"])})
            for entry in data["entries"]
        ]
        made = cls()
        made._index(
            {(entry.type, entry.name): entry for entry in entries},
            {(types[type], key): entries[number] for type, key, number in data["keys"]},
        )
        return made

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[RegistryEntry]:
        return iter(self.entries)

    def find(self, surface: str, type: EntityType) -> RegistryEntry | None:
        """The entry of a type that a spelling names, or None."""
        return self.find_key(name_key(surface, type), type)

    def find_key(self, key: str, type: EntityType) -> RegistryEntry | None:
        """The entry of a type that a name key (``kg.resolve.names.name_key``) belongs to, or None.

        A key without inner capitals finds an entry that is written with them if it is the only one (``lora``: LoRA);
        a key with other inner capitals does not (``LoRa``, the radio).
        """
        found = self._by_key.get((type, key))
        if found is None and key == key.casefold():
            found = self._by_folded.get((type, key))
        return found

    def family(self, entry: RegistryEntry) -> RegistryEntry | None:
        """The entry that an entry is a variant of, or None."""
        return None if entry.family is None else self._by_name.get((entry.type, entry.family))


def _joined(earlier: RegistryEntry, later: RegistryEntry) -> RegistryEntry:
    return RegistryEntry(
        name=later.name,
        type=later.type,
        aliases=tuple(dict.fromkeys(earlier.aliases + later.aliases)),
        family=later.family or earlier.family,
        link=later.link or earlier.link,
    )


def read_entries(path: Path) -> list[RegistryEntry]:
    """The entries of a registry file.

    Args:
        path: YAML, either a list of entries (each with its ``type``, unless the file is called ``benchmarks.yaml``,
            ``models.yaml``, ``metrics.yaml``, ``methods.yaml`` or ``tasks.yaml``), or a mapping of these five words to
            lists of entries.

    Raises:
        InputError: the file cannot be read, is not YAML, or an entry of it is not valid.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 (a safe loader, in C)
    except OSError as error:
        raise InputError(f"cannot read the registry ({error.strerror})", "give a YAML file", file=path) from error
    except UnicodeDecodeError as error:
        raise InputError("the registry is not UTF-8 text", "save it as UTF-8", file=path) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        raise InputError("the registry is not YAML", "mend the syntax there", file=path, line=line) from error
    lists = data if isinstance(data, dict) else {path.stem: data}
    entries = []
    for word, items in lists.items():
        if isinstance(data, dict) and word not in _TYPE_OF_LIST:
            raise InputError(f"{word!r} is no list of the registry", f"use {', '.join(_TYPE_OF_LIST)}", file=path)
        for number, item in enumerate(items or [], start=1):
            entries.append(_entry(item, _TYPE_OF_LIST.get(word), path, f"{word}[{number}]"))
    return entries


def copy_entries(source: Path, target: Path) -> None:
    """Writes the entries of a registry file to another, each with its type, so that the name of the file says nothing.

    Raises:
        InputError: ``source`` is not a registry file (``read_entries``).
    """
    entries = [entry.model_dump(mode="json", exclude_defaults=True) for entry in read_entries(source)]
    draft = Path(f"{target}.tmp")
    draft.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), encoding="utf-8")
    draft.replace(target)


def list_of(type: EntityType) -> str:
    """The word above the list of a type in a registry file: ``benchmarks``."""
    return _LIST_OF_TYPE[type]


def entry_line(entry: RegistryEntry) -> str:
    """An entry as one line of a list of its type in a registry file: ``{name: MATH500, aliases: [MATH-500]}``."""
    fields = entry.model_dump(mode="json", exclude_defaults=True, exclude={"type"})
    line: str = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, default_flow_style=True, width=sys.maxsize)
    return line.strip()


def _entry(item: object, type: EntityType | None, path: Path, place: str) -> RegistryEntry:
    cure = "write `{name: MATH500, aliases: [MATH-500]}`, with `type: Benchmark` where the list does not say it"
    if not isinstance(item, dict):
        raise InputError(f"entry {place} is not a mapping", cure, file=path)
    try:
        return RegistryEntry.model_validate({"type": type, **item} if type else item)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        named = f" ({item['name']})" if isinstance(item.get("name"), str) else ""
        raise InputError(f"entry {place}{named}, {where}: {first['msg'].lower()}", cure, file=path) from error


@lru_cache(maxsize=1)
def _shipped() -> tuple[RegistryEntry, ...]:
    folder = resource("config") / "registry"
    return tuple(entry for word in _TYPE_OF_LIST for entry in read_entries(folder / f"{word}.yaml"))


@lru_cache(maxsize=1)
def _shipped_registry() -> Registry:
    return Registry(_shipped())


def load_registry(extra: Path | None = None) -> Registry:
    """The registry that ships with the package, with a user's own file on top.

    Raises:
        InputError: ``extra`` is not a registry file (``read_entries``).
    """
    return _shipped_registry() if extra is None else Registry((*_shipped(), *read_entries(extra)))


def check_registry(extra: Path | None = None) -> list[Conflict]:
    """What cannot be right in the shipped registry together with a user's own file, sorted.

    A conflict is one spelling of two entries of the same type, an entry given twice, a family that has no entry, or a
    family that is its own ancestor. A user's entry may repeat a shipped one, in order to add to it.

    Raises:
        InputError: ``extra`` is not a registry file.
    """
    own = [] if extra is None else read_entries(extra)
    conflicts = [*_repeated(_shipped()), *_repeated(own)]
    registry = load_registry(extra)
    claims: dict[tuple[EntityType, str], dict[str, str]] = defaultdict(dict)
    for entry in registry:
        for surface in entry.surfaces:
            claims[entry.type, name_key(surface, entry.type)].setdefault(entry.name, surface)
        if entry.family is not None and registry.family(entry) is None:
            conflicts.append(Conflict(entry.type, f"the family {entry.family!r} has no entry", (entry.name,)))
        if _is_own_ancestor(registry, entry):
            conflicts.append(Conflict(entry.type, "is a variant of itself", (entry.name,)))
    for (type, _), names in claims.items():
        if len(names) > 1:
            spelled = next(iter(names.values()))
            conflicts.append(Conflict(type, f"{spelled!r} names several entries", tuple(sorted(names))))
    return sorted(conflicts)


def _repeated(entries: Iterable[RegistryEntry]) -> Iterator[Conflict]:
    seen: set[tuple[EntityType, str]] = set()
    for entry in entries:
        if (entry.type, entry.name) in seen:
            yield Conflict(entry.type, "has two entries", (entry.name,))
        seen.add((entry.type, entry.name))


def _is_own_ancestor(registry: Registry, entry: RegistryEntry) -> bool:
    seen, at = {entry.name}, registry.family(entry)
    while at is not None and at.name not in seen:
        seen.add(at.name)
        at = registry.family(at)
    return at is not None and at.name == entry.name
