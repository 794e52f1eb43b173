"""The tables of the embedded database, from the schema of the graph."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType

LADYBUG_TYPES: Mapping[PropertyType, str] = {
    "string": "STRING",
    "float": "DOUBLE",
    "int": "INT64",
    "bool": "BOOL",
    "strings": "STRING[]",
    "ints": "INT64[]",
}
_MACROS = ("CREATE MACRO type(edge) AS label(edge)",)
"""Functions of Neo4j's Cypher that Ladybug lacks and that the named queries use."""


def ddl() -> list[str]:
    """The statements that declare the tables of the schema."""
    statements = []
    for label in NODE_LABELS.values():
        columns = _declare(label.properties)
        statements.append(f"CREATE NODE TABLE `{label.name}`({', '.join(columns)}, PRIMARY KEY(`id`))")
    for edge in EDGE_TYPES.values():
        pairs = [f"FROM `{source}` TO `{target}`" for source, target in edge.pairs]
        statements.append(f"CREATE REL TABLE `{edge.name}`({', '.join([*pairs, *_declare(edge.properties)])})")
    return [*statements, *_MACROS]


def schema_version() -> str:
    """A text that changes whenever the tables do."""
    return hashlib.sha256("\n".join(ddl()).encode()).hexdigest()[:12]


def _declare(properties: Mapping[str, PropertyType]) -> list[str]:
    return [f"`{name}` {LADYBUG_TYPES[kind]}" for name, kind in properties.items()]
