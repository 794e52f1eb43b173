"""Properties as the columns of one table, and lists as text, for formats without types of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring as _quoted

from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType


def _merged(owners: Iterable[Mapping[str, PropertyType]]) -> dict[str, PropertyType]:
    merged: dict[str, PropertyType] = {}
    for properties in owners:
        for name, kind in properties.items():
            if merged.setdefault(name, kind) != kind:
                raise TypeError(f"the property {name!r} has two types in the schema: {merged[name]} and {kind}")
    return merged


def node_columns() -> dict[str, PropertyType]:
    """The properties of all node labels with their types, in the order of the schema."""
    return _merged(label.properties for label in NODE_LABELS.values())


def edge_columns() -> dict[str, PropertyType]:
    """The properties of all edge types with their types, in the order of the schema."""
    return _merged(kind.properties for kind in EDGE_TYPES.values())


def strings_text(values: Iterable[str]) -> str:
    """A list of strings as a JSON array; what is not ASCII stays as it is, control characters are escaped."""
    return f"[{', '.join(map(_quoted, values))}]"


def ints_text(values: Iterable[int]) -> str:
    """A list of integers as a JSON array."""
    return f"[{', '.join(map(str, values))}]"
