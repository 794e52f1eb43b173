"""JSON-LD 1.1: the same statements as in Turtle, under the names of the schema, written row by row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.export.columns import edge_columns, node_columns
from kg.export.jsontext import renamed, write_array
from kg.export.rdf import PREFIXES, classes, edge_iri, is_date, node_iri, term
from kg.export.registry import Format
from kg.export.source import GraphSource, Properties
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType


def write(source: GraphSource, path: Path) -> None:
    """Writes the graph as JSON-LD."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(f'{{"@context": {json.dumps(_context())},\n"@graph": ')
        write_array(stream, _objects(source))
        stream.write("\n}\n")


def _context() -> dict[str, Any]:
    context: dict[str, Any] = {"@version": 1.1, **PREFIXES}
    for name, kind in (node_columns() | edge_columns()).items():
        context[name] = {"@id": term(name), "@type": "xsd:double"} if kind == "float" else {"@id": term(name)}
    for name in (*EDGE_TYPES, *(f"rdf:{part}" for part in ("subject", "predicate", "object"))):
        context[name] = {"@id": name if ":" in name else term(name), "@type": "@id"}
    # "id" and "type" are plain names here: nothing stands for "@id" and "@type".
    return context


def _objects(source: GraphSource) -> Iterator[dict[str, Any]]:
    for label, properties in source.iter_nodes():
        named = {"@id": node_iri(label, str(properties["id"])), "@type": list(classes(label))}
        yield named | _properties(properties, NODE_LABELS[label].properties)
    for name, start, end, properties in source.iter_edges():
        first, second = node_iri(*start), node_iri(*end)
        yield {"@id": first, name: second}
        if properties:
            stated = {"rdf:subject": first, "rdf:predicate": term(name), "rdf:object": second}
            named = {"@id": edge_iri(name, start, end), "@type": "rdf:Statement"}
            yield named | stated | _properties(properties, EDGE_TYPES[name].properties)


def _properties(properties: Properties, columns: Mapping[str, PropertyType]) -> dict[str, Any]:
    known = renamed(properties, columns, frozenset())
    for name, value in known.items():
        if columns[name] in ("strings", "ints"):
            known[name] = {"@list": value}
        elif is_date(name, value):
            known[name] = {"@value": value, "@type": "xsd:date"}
    return known


FORMAT = Format("json-ld", (".jsonld",), write)
