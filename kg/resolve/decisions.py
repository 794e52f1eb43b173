"""Decisions that a person takes about names; they come before every rule."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from kg.errors import InputError
from kg.resolve.evidence import Name
from kg.resolve.names import name_key
from kg.schema import EntityType

_CLOSED = ConfigDict(extra="forbid")


@dataclass(frozen=True, order=True, config=_CLOSED)
class Merge:
    """``name`` is the same thing as ``into``, and is called ``into``; both are of ``type``."""

    type: EntityType
    name: str
    into: str


@dataclass(frozen=True, order=True, config=_CLOSED)
class Split:
    """``alias`` is a thing of its own and none of ``name``; both are of ``type``."""

    type: EntityType
    name: str
    alias: str


@dataclass(frozen=True, config=_CLOSED)
class Decisions:
    """All decisions about a graph. Their order does not matter; names are compared by their keys."""

    merges: tuple[Merge, ...] = ()
    splits: tuple[Split, ...] = ()

    def merged(self) -> list[tuple[Name, Name, str]]:
        """Each merge as the name merged, the name merged into, and how the latter is written."""
        return [
            (_name(m.type, m.name), _name(m.type, m.into), m.into)
            for m in sorted(set(self.merges))
            if name_key(m.name, m.type) != name_key(m.into, m.type)
        ]

    def split(self) -> frozenset[Name]:
        """The names that stand apart from all others, except where a merge says otherwise."""
        return frozenset(_name(s.type, s.alias) for s in self.splits)


def read_decisions(path: Path) -> Decisions:
    """The decisions in a file; none where there is no file.

    Raises:
        InputError: the file cannot be read or does not hold decisions.
    """
    cure = "mend it, or delete it to go back to what the rules say"
    try:
        return parse_decisions(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Decisions()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the decisions cannot be read ({error})", cure, file=path) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        raise InputError("the decisions are not YAML", cure, file=path, line=line) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"no valid decision at {where}: {first['msg'].lower()}", cure, file=path) from error


def parse_decisions(text: str) -> Decisions:
    """The decisions that the text of a file holds.

    Raises:
        yaml.YAMLError: it is no YAML.
        pydantic.ValidationError: it is none of decisions.
    """
    return TypeAdapter(Decisions).validate_python(yaml.safe_load(text) or {})


def write_decisions(path: Path, decisions: Decisions) -> None:
    """Writes the decisions to a file, which is replaced in one step; sorted, so that equal ones give equal bytes."""
    lists = {
        "merges": [{"type": str(m.type), "name": m.name, "into": m.into} for m in sorted(set(decisions.merges))],
        "splits": [{"type": str(s.type), "name": s.name, "alias": s.alias} for s in sorted(set(decisions.splits))],
    }
    draft = Path(f"{path}.tmp")
    draft.write_text(yaml.safe_dump(lists, allow_unicode=True, sort_keys=False), encoding="utf-8")
    draft.replace(path)


def _name(type: EntityType, surface: str) -> Name:
    return Name(type, name_key(surface, type))
