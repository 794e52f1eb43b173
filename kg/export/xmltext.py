"""XML written as text in blocks, for the graph formats that are XML.

lxml's incremental writer makes an element object for each property and takes twice as long; a node or an edge is so
plain a piece of XML that writing it as text is as safe. XML 1.0 cannot hold most control characters: they become
U+FFFD (the replacement character). In the name of a node they become U+FFFD and their number, so that two names never
become one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from types import TracebackType
from typing import Any, BinaryIO, Self

from kg.export.columns import ints_text, strings_text
from kg.export.source import Properties, node_name
from kg.schema import PropertyType

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORBIDDEN_IN_NAME = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd-\uffff]")
_CONTROL = bytes([*range(9), 11, 12, *range(14, 32)])
_IN_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}
)
_BLOCK_ROWS = 2_000


def escape(text: str) -> str:
    """Text for between two tags. Forbidden characters and carriage returns are left to ``XmlBlocks``."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text


def escape_attribute(text: str) -> str:
    """Text for a double-quoted attribute. Forbidden characters are left to ``XmlBlocks``."""
    return text.translate(_IN_ATTRIBUTE)


@lru_cache(4_096)
def escaped_name(label: str, node_id: str) -> str:
    """The name of a node for an attribute, different for different nodes; edges in order name one node many times."""
    text = node_name(label, node_id)
    if text.isprintable() and "\ufffd" not in text:
        return escape(text).replace('"', "&quot;")
    return escape_attribute(_FORBIDDEN_IN_NAME.sub(lambda c: f"\ufffd{ord(c[0]):04x}", text))


class XmlBlocks:
    """Collects pieces of a document and writes them in blocks of UTF-8, free of what XML cannot hold."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._pieces: list[str] = []
        self.write('<?xml version="1.0" encoding="UTF-8"?>\n')

    def write(self, piece: str) -> None:
        """Adds a piece whose text is escaped."""
        pieces = self._pieces
        pieces.append(piece)
        if len(pieces) >= _BLOCK_ROWS:
            self.flush()

    def flush(self) -> None:
        """Writes what is collected."""
        text = "".join(self._pieces)
        self._pieces.clear()
        if "\r" in text:
            # A reader makes a bare carriage return a newline.
            text = text.replace("\r", "&#13;")
        data = text.encode()
        # Deleting bytes is many times faster than a search by expression, and nearly no block holds such a character.
        forbidden = len(data.translate(None, _CONTROL)) != len(data)
        if forbidden or b"\xef\xbf\xbe" in data or b"\xef\xbf\xbf" in data:
            data = _FORBIDDEN.sub("\ufffd", text).encode()
        self._stream.write(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self.flush()


XML_TYPE: dict[PropertyType, str] = {
    "string": "string",
    "float": "double",
    "int": "long",
    "bool": "boolean",
    "strings": "string",
    "ints": "string",
}
"""The name of each type in GraphML and in GEXF."""

TO_XML: dict[PropertyType, Callable[[Any], str]] = {
    "string": escape,
    "float": lambda value: repr(float(value)),
    "int": str,
    "bool": lambda value: "true" if value else "false",
    "strings": lambda values: escape(strings_text(values)),
    "ints": ints_text,
}
"""How a property value of each type is written between two tags."""

DRAWN: dict[str, PropertyType] = {"type": "string", "label": "string"}
"""What nodes and edges have beside their properties: the label or edge type, and the text to draw."""

XmlColumns = list[tuple[str, str, Callable[[Any], str]]]
"""For each property its name, what stands before its value, and how the value is written."""


def values_text(properties: Properties, columns: XmlColumns, closing: str) -> str:
    """The known values, each between what stands before it and ``closing``."""
    text = ""
    for name, opening, encode in columns:
        value = properties.get(name)
        if value is not None:
            text += f"{opening}{encode(value)}{closing}"
    return text
