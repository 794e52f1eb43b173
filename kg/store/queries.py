"""The named queries of ``cypher/queries``: one documented Cypher query a file, the same on every store.

A file begins with comments in a fixed form and goes on with one query::

    // title: Leaderboard of a benchmark
    // description: Absolute results, best first.
    // param benchmark: Benchmark = MATH500 -- its name or one of its aliases, in any case
    // param limit: int = 20 -- how many rows
    // column method: what was measured
    MATCH ...

The type of a parameter is ``string``, ``int``, ``float`` or a node label, for the name of such a node; what stands
after ``=`` is an example. Parameters without one of their own take it where the file says ``?=`` instead: they are
optional. Columns come in the order of the query's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict
from rapidfuzz import process

from kg.errors import InputError, KgError
from kg.resources import resource
from kg.schema import NODE_LABELS
from kg.store.base import Rows, Store

_HEADER = re.compile(r"// (title|description|param|column)(?: (\w+))?: (.*)")
_PARAMETER = re.compile(r"(\w+) (\?)?= (.+?)(?: -- (.+))?")
_SCALARS: dict[str, type[str] | type[int] | type[float]] = {"string": str, "int": int, "float": float}

Value = str | int | float


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(_Model):
    """A parameter of a named query; ``type`` is a scalar or, for the name of a node, its label."""

    name: str
    type: str
    example: Value
    optional: bool = False
    description: str = ""

    def convert(self, value: Any) -> Value:
        """A value, perhaps the text of one from a command line, as this parameter's type.

        Raises:
            InputError: it cannot be one.
        """
        wanted = _SCALARS.get(self.type, str)
        try:
            if isinstance(value, bool) or (wanted is int and isinstance(value, float) and value != int(value)):
                raise ValueError
            if wanted is str and not isinstance(value, str | int | float):
                raise ValueError
            converted: Value = wanted(value)
        except (TypeError, ValueError, OverflowError):
            example = f"give {'a whole number' if wanted is int else 'a number' if wanted is float else 'a text'}"
            raise InputError(
                f"the parameter {self.name} cannot be {value!r}", f"{example}, such as {self.example}"
            ) from None
        if wanted is int and isinstance(converted, int) and converted < 0:
            raise InputError(f"the parameter {self.name} cannot be {converted}", "give zero or more")
        return converted


class NamedQuery(_Model):
    """A query of ``cypher/queries`` with its documentation; ``columns`` maps names to what they hold."""

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    columns: dict[str, str]
    cypher: str

    def bind(self, given: Mapping[str, Any]) -> dict[str, Value]:
        """The values of all parameters.

        Raises:
            InputError: one is missing, unknown or of another type.
        """
        known = {parameter.name for parameter in self.parameters}
        if unknown := sorted(given.keys() - known):
            cure = f"it takes: {', '.join(sorted(known)) or 'none'}"
            raise InputError(f"the query {self.name} has no parameter {', '.join(unknown)}", cure)
        missing = [p for p in self.parameters if not p.optional and given.get(p.name) is None]
        if missing:
            example = " ".join(f'--param "{p.name}={p.example}"' for p in missing)
            raise InputError(f"the query {self.name} needs {', '.join(p.name for p in missing)}", f"add {example}")
        values = {p.name: p.example if given.get(p.name) is None else given[p.name] for p in self.parameters}
        return {parameter.name: parameter.convert(values[parameter.name]) for parameter in self.parameters}

    def examples(self) -> dict[str, Value]:
        """The example of every parameter."""
        return {parameter.name: parameter.example for parameter in self.parameters}


@cache
def list_queries() -> tuple[NamedQuery, ...]:
    """All named queries, by name."""
    files = sorted((resource("cypher") / "queries").glob("*.cypher"))
    return tuple(_parse(file.stem, file.read_text(encoding="utf-8")) for file in files)


def load_query(name: str) -> NamedQuery:
    """The query of this name.

    Raises:
        InputError: there is none; the message has the nearest names.
    """
    known = {query.name: query for query in list_queries()}
    wanted = name.strip().lower().replace("-", "_").replace(" ", "_")
    if wanted in known:
        return known[wanted]
    near = [match[0] for match in process.extract(wanted, list(known), limit=3, score_cutoff=55)]
    cure = f"did you mean {' or '.join(near)}?" if near else "see kg query --list"
    raise InputError(f"there is no query {name!r}", cure)


def run_query(store: Store, name: str, parameters: Mapping[str, Any] | None = None) -> Rows:
    """The rows of a named query, on any store.

    Args:
        store: where to ask.
        name: of the query.
        parameters: values or their texts by name; optional ones may be left out.

    Raises:
        InputError: no such query; a parameter is missing, unknown or of another type.
    """
    query = load_query(name)
    return store.run(query.cypher, query.bind(parameters or {}))


def _parse(name: str, text: str) -> NamedQuery:
    title, description, parameters, columns = "", [], [], {}
    lines = text.splitlines()
    body = next((i for i, line in enumerate(lines) if not line.startswith("//")), len(lines))
    for number, line in enumerate(lines[:body], 1):
        match = _HEADER.fullmatch(line)
        if match is None:
            raise KgError(f"{name}.cypher:{number}: not a line of a query's header: {line}")
        field, key, value = match.groups()
        if field == "title":
            title = value
        elif field == "description":
            description.append(value)
        elif field == "column":
            columns[key] = value
        else:
            parameters.append(_parse_parameter(name, number, key, value))
    return NamedQuery(
        name=name,
        title=title,
        description=" ".join(description),
        parameters=tuple(parameters),
        columns=columns,
        cypher="\n".join(lines[body:]).strip(),
    )


def _parse_parameter(name: str, number: int, key: str, value: str) -> Parameter:
    match = _PARAMETER.fullmatch(value)
    if match is None or match[1] not in {*_SCALARS, *NODE_LABELS}:
        raise KgError(f"{name}.cypher:{number}: a parameter is NAME: TYPE = EXAMPLE -- DESCRIPTION")
    example = _SCALARS.get(match[1], str)(match[3])
    return Parameter(name=key, type=match[1], example=example, optional=bool(match[2]), description=match[4] or "")
