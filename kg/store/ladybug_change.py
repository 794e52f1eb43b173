"""Changes in an embedded database: a copy of its file, in which only the rows that differ are written."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import ladybug

from kg.graph.delta import Delta
from kg.graph.graph import EdgeKey, NodeKey, Properties
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType
from kg.store.ladybug_schema import LADYBUG_TYPES, schema_version
from kg.store.seal import seal, without_seal

_BUFFERS = 1280 << 20
"""Bytes of the database's own buffers while it is written, at most; what is written is in them with all its like."""


@contextmanager
def writing(path: Path) -> Iterator[ladybug.Connection]:
    """A connection that may write to the database at ``path``, which nothing but ``CHECKPOINT`` brings to the file."""
    # By default its buffers would take most of the memory of the machine.
    database = ladybug.Database(str(path), buffer_pool_size=_BUFFERS, auto_checkpoint=False)
    try:
        connection = ladybug.Connection(database)
        try:
            yield connection
        finally:
            connection.close()
    finally:
        with suppress(RuntimeError):
            database.close()


def change(source: Path, target: Path, delta: Delta) -> None:
    """Makes a complete, sealed database at ``target``: that of ``source`` with the changes of ``delta``.

    Raises:
        RuntimeError: the database failed, or what is to be removed is not there alone.
        OSError: the disk did.
    """
    shutil.copyfile(source, target)
    os.truncate(target, without_seal(target))
    with writing(target) as connection:
        connection.execute("BEGIN TRANSACTION")
        for statement, rows in _statements(delta):
            connection.execute(f"UNWIND $rows AS row {statement}", {"rows": rows})
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT")
    seal(target, schema_version())


Rows = list[dict[str, Any]]


def _statements(delta: Delta) -> Iterator[tuple[str, Rows]]:
    """The statements, each with the rows that it is for, in an order in which every edge has its ends."""
    for (kind, source, target), rows in _edges(delta.removed.edges):
        yield f"{_ends(kind, source, target)} DELETE e", [{"from": row["from"], "to": row["to"]} for row in rows]
    for label, rows in _nodes(delta.removed.nodes):
        yield f"MATCH (n:{label} {{id: row.id}}) DELETE n", [{"id": row["id"]} for row in rows]
    for label, rows in _nodes(delta.created.nodes):
        for values, alike in _alike(rows, NODE_LABELS[label].properties):
            yield f"CREATE (:{label} {{{_fields(values)}}})", alike
    for label, rows in _nodes(delta.changed.nodes):
        properties = NODE_LABELS[label].properties
        for values, alike in _alike(rows, properties):
            yield f"MATCH (n:{label} {{id: row.id}}) SET {_assignments('n', values, properties)}", alike
    for (kind, source, target), rows in _edges(delta.created.edges):
        for values, alike in _alike(rows, EDGE_TYPES[kind].properties):
            match = f"MATCH (a:{source} {{id: row.`from`}}), (b:{target} {{id: row.`to`}})"
            yield f"{match} CREATE (a)-[:`{kind}` {{{_fields(values)}}}]->(b)", alike
    for (kind, source, target), rows in _edges(delta.changed.edges):
        properties = EDGE_TYPES[kind].properties
        for values, alike in _alike(rows, properties):
            yield f"{_ends(kind, source, target)} SET {_assignments('e', values, properties)}", alike


def _nodes(nodes: Mapping[NodeKey, Properties]) -> Iterator[tuple[str, Rows]]:
    found: dict[str, Rows] = defaultdict(list)
    for label, id_ in sorted(nodes):
        found[label].append(nodes[label, id_])
    yield from found.items()


def _edges(edges: Mapping[EdgeKey, Properties]) -> Iterator[tuple[tuple[str, str, str], Rows]]:
    found: dict[tuple[str, str, str], Rows] = defaultdict(list)
    for key in sorted(edges):
        kind, source, target = key
        found[kind, source[0], target[0]].append({"from": source[1], "to": target[1], **edges[key]})
    yield from found.items()


def _alike(rows: Rows, properties: Mapping[str, PropertyType]) -> Iterator[tuple[dict[str, str], Rows]]:
    """Rows that know the same properties, with the expression of each property's value.

    Ladybug takes the type of a parameter from its value, for an integer from its size, and for an empty list none. So
    numbers travel as texts, empty lists stand in the statement, and all rows of one have the same fields in one order.
    """
    found: dict[tuple[str, ...], Rows] = defaultdict(list)
    for row in rows:
        plain = {name: _plain(row[name]) for name in sorted(row)}
        found[tuple(f"{name}=" if value == [] else name for name, value in plain.items())].append(
            {name: value for name, value in plain.items() if value != []}
        )
    for signature, alike in sorted(found.items()):
        known = [(name.removesuffix("="), name.endswith("=")) for name in signature]
        yield {name: _value(name, properties[name], empty) for name, empty in known if name in properties}, alike


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _value(name: str, kind: PropertyType, empty: bool) -> str:
    if empty:
        return f"CAST([] AS {LADYBUG_TYPES[kind]})"
    return f"CAST(row.`{name}` AS {LADYBUG_TYPES[kind]})" if kind in ("int", "ints") else f"row.`{name}`"


def _ends(kind: str, source: str, target: str) -> str:
    return f"MATCH (a:{source} {{id: row.`from`}})-[e:`{kind}`]->(b:{target} {{id: row.`to`}})"


def _fields(values: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}`: {value}" for name, value in values.items())


def _assignments(variable: str, values: Mapping[str, str], properties: Iterable[str]) -> str:
    """What sets every property, and takes away those that are not known any more; an id never changes."""
    return ", ".join(f"{variable}.`{name}` = {values.get(name, 'NULL')}" for name in properties if name != "id")
