"""RDF in Turtle, written row by row; ``kg.export.rdf`` says which terms are used.

Every piece is written out by itself (no nesting but lists), so the text needs no RDF library; a string of Turtle takes
the same escapes as a string of JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from json.encoder import encode_basestring as _literal
from pathlib import Path
from typing import Any

from kg.export.rdf import PREFIXES, classes, edge_iri, is_date, node_iri, term
from kg.export.registry import Format
from kg.export.source import GraphSource, Properties
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType

_TO_TURTLE: dict[PropertyType, Callable[[Any], str]] = {
    "string": _literal,
    "float": lambda value: f'"{float(value)!r}"^^xsd:double',
    "int": str,
    "bool": lambda value: "true" if value else "false",
    "strings": lambda values: f"({' '.join(map(_literal, values))})",
    "ints": lambda values: f"({' '.join(map(str, values))})",
}


def write(source: GraphSource, path: Path) -> None:
    """Writes the graph as Turtle."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        for prefix, namespace in PREFIXES.items():
            stream.write(f"@prefix {prefix}: <{namespace}> .\n")
        for label, properties in source.iter_nodes():
            stream.write(f"<{node_iri(label, str(properties['id']))}> a {', '.join(classes(label))}")
            stream.write(_properties(properties, NODE_LABELS[label].properties))
        for name, start, end, properties in source.iter_edges():
            ends = (f"<{node_iri(*start)}>", term(name), f"<{node_iri(*end)}>")
            stream.write(f"{' '.join(ends)} .\n")
            if properties:
                stream.write(f"<{edge_iri(name, start, end)}> a rdf:Statement")
                for part, value in zip(("subject", "predicate", "object"), ends, strict=True):
                    stream.write(f" ;\n  rdf:{part} {value}")
                stream.write(_properties(properties, EDGE_TYPES[name].properties))


def _properties(properties: Properties, columns: Mapping[str, PropertyType]) -> str:
    text = ""
    for name, kind in columns.items():
        value = properties.get(name)
        if value is not None:
            typed = "^^xsd:date" if is_date(name, value) else ""
            text += f" ;\n  {term(name)} {_TO_TURTLE[kind](value)}{typed}"
    return text + " .\n"


FORMAT = Format("turtle", (".ttl",), write)
