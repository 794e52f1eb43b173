"""CSV rows (RFC 4180): text always in quotes, numbers bare, unknown values empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kg.export.columns import ints_text, strings_text
from kg.export.source import Properties
from kg.schema import PropertyType


def quoted(text: str) -> str:
    """A field that holds any text; a quoted empty field is an empty text, a bare one an unknown value."""
    return '"' + text.replace('"', '""') + '"'


TO_CSV: dict[PropertyType, Callable[[Any], str]] = {
    "string": quoted,
    "float": lambda value: repr(float(value)),
    "int": str,
    "bool": lambda value: "true" if value else "false",
    "strings": lambda values: quoted(strings_text(values)),
    "ints": lambda values: quoted(ints_text(values)),
}
"""How a property value of each type is written as a field."""


def row(
    first: Iterable[str],
    properties: Properties,
    columns: Mapping[str, PropertyType],
    encoders: Mapping[PropertyType, Callable[[Any], str]] = TO_CSV,
) -> str:
    """A line: the fields of ``first`` as texts, then the columns' values."""
    fields = [quoted(text) for text in first]
    for name, kind in columns.items():
        value = properties.get(name)
        fields.append("" if value is None else encoders[kind](value))
    return ",".join(fields) + "\n"
