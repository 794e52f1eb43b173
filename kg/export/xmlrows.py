"""Nodes and edges as XML, a block at a time, and in a block a property at a time.

A call for each value is what takes the time in Python. So the values of a property in a block are joined, escaped by a
few calls over the whole text, and split again; and a row is one formatting. lxml's incremental writer makes an object
for each value, which takes many times as long; a node or an edge is so plain a piece of XML that writing it as text is
as safe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from json import JSONEncoder
from typing import Any, TypeVar

from kg.batches import batches
from kg.export.source import GraphSource, Properties
from kg.export.xmltext import escaped_names
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType

_BLOCK = 128
"""Rows; few enough that they are still in the processor's cache when they are written."""
_APART = "\0"
"""Between the joined texts; where a text holds it, each is escaped by itself."""
_json = JSONEncoder(ensure_ascii=False, check_circular=False, separators=("\n", ":")).encode
"""JSON with newlines for commas: texts hold none, since they are escaped there, so lists can be told apart."""

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class XmlRows:
    """How a format writes nodes and edges.

    Attributes:
        node: from a label to what begins a node, with ``%s`` for its name and for the text to draw.
        edge: from a type to what begins an edge, with ``%s`` for its number and for the names of its ends.
        value: from ``n`` or ``e`` and a property to what stands before its value.
        closing: what stands after a value.
        node_end: what ends a node.
        edge_end: what ends an edge.
        escape: makes a text harmless where values stand.
    """

    node: Callable[[str], str]
    edge: Callable[[str], str]
    value: Callable[[str, str], str]
    closing: str
    node_end: str
    edge_end: str
    escape: Callable[[str], str]

    def nodes(self, source: GraphSource) -> Iterator[str]:
        """The text of all nodes, in blocks."""
        for label, rows in groupby(source.iter_nodes(), lambda row: row[0]):
            for block in batches(rows, _BLOCK):
                known = [properties for _, properties in block]
                names = escaped_names(label, [str(properties["id"]) for properties in known])
                drawn = self._texts([str(properties.get("name", properties["id"])) for properties in known])
                values = self._columns("n", known, NODE_LABELS[label].properties)
                yield _rows(self.node(label), [names, drawn], values, self.node_end)

    def edges(self, source: GraphSource) -> Iterator[str]:
        """The text of all edges, in blocks."""
        number = 0
        for (kind, start, end), rows in groupby(source.iter_edges(), lambda row: (row[0], row[1][0], row[2][0])):
            for block in batches(rows, _BLOCK):
                numbers = list(map(str, range(number, number := number + len(block))))
                starts = escaped_names(start, [row[1][1] for row in block])
                ends = escaped_names(end, [row[2][1] for row in block])
                values = self._columns("e", [row[3] for row in block], EDGE_TYPES[kind].properties)
                yield _rows(self.edge(kind), [numbers, starts, ends], values, self.edge_end)

    def _columns(
        self, prefix: str, rows: Sequence[Properties], kinds: Mapping[str, PropertyType]
    ) -> Iterator[tuple[str, Sequence[str]]]:
        """For each property that a row has: the pattern of its value, and what stands there in each row."""
        for name, kind in kinds.items():
            values = [properties.get(name) for properties in rows]
            known = [value for value in values if value is not None]
            if not known:
                continue
            before, after = ("[", "]") if kind in {"strings", "ints"} else ("", "")
            before, after = self.value(prefix, name) + before, after + self.closing
            texts = self._encoded(known, kind)
            if len(known) == len(values):
                yield f"{before}%s{after}", texts
            else:
                left = iter(texts)
                yield "%s", ["" if value is None else before + next(left) + after for value in values]

    def _encoded(self, values: list[Any], kind: PropertyType) -> list[str]:
        """The values of a property, none of them unknown; lists as JSON without its outer brackets."""
        if kind == "string":
            return self._texts(values)
        if kind == "float":
            return list(map(repr, map(float, values)))
        if kind == "int":
            return list(map(str, values))
        if kind == "bool":
            return ["true" if value else "false" for value in values]
        text = _json(values)[2:-2].replace("]\n[", _APART).replace("\n", ", ")
        return self.escape(text).split(_APART)

    def _texts(self, values: list[str]) -> list[str]:
        texts = self.escape(_APART.join(values)).split(_APART)
        return texts if len(texts) == len(values) else [self.escape(value) for value in values]


def _rows(begin: str, first: list[Sequence[str]], values: Iterable[tuple[str, Sequence[str]]], end: str) -> str:
    """Puts the columns into the pattern, row after row: every n-th piece of the text is what stands at one place."""
    pattern, columns = begin, first
    for part, column in values:
        pattern += part
        columns.append(column)
    constant = f"{pattern}{end}".split("%s")
    rows, width = len(first[0]), len(constant) + len(columns)
    pieces = [""] * (rows * width)
    for place, text in enumerate(constant):
        pieces[2 * place :: width] = [text] * rows
    for place, column in enumerate(columns):
        pieces[2 * place + 1 :: width] = column
    return "".join(pieces)
