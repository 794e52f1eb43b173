"""JSON documents written one element a line, so that they are read whole and written in pieces."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

from kg.export.source import GraphSource, Properties, node_name
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def write_array(stream: TextIO, elements: Iterable[Mapping[str, Any]]) -> None:
    """Writes a JSON array, one element a line."""
    separator = "[\n"
    for element in elements:
        stream.write(separator + _encode(element))
        separator = ",\n"
    stream.write("[]" if separator == "[\n" else "\n]")


def node_objects(source: GraphSource, taken: frozenset[str]) -> Iterator[dict[str, Any]]:
    """An object for each node: ``id``, ``type``, ``label`` to draw, and the properties (``renamed``)."""
    for label, properties in source.iter_nodes():
        node_id = str(properties["id"])
        named = {"id": node_name(label, node_id), "type": label, "label": properties.get("name", node_id)}
        yield named | renamed(properties, NODE_LABELS[label].properties, taken)


def edge_objects(source: GraphSource) -> Iterator[dict[str, Any]]:
    """An object for each edge: ``source``, ``target``, ``key``, ``type``, ``label``, and the properties."""
    for name, start, end, properties in source.iter_edges():
        ends = {"source": node_name(*start), "target": node_name(*end), "key": name, "type": name, "label": name}
        yield ends | renamed(properties, EDGE_TYPES[name].properties, frozenset())


def renamed(properties: Properties, columns: Mapping[str, PropertyType], taken: frozenset[str]) -> dict[str, Any]:
    """The properties in the order of ``columns``, those with a name that the format takes as ``kg_`` and the name."""
    known: dict[str, Any] = {}
    for name, kind in columns.items():
        value: Any = properties.get(name)
        if value is not None:
            known[f"kg_{name}" if name in taken else name] = float(value) if kind == "float" else value
    return known
