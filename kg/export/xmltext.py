"""Text in XML documents: what is escaped, and what XML cannot hold.

XML 1.0 cannot hold most control characters: they become U+FFFD (the replacement character). In the name of a node they
become U+FFFD and their number, so that two names never become one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import BinaryIO

from kg.export.source import node_name
from kg.schema import PropertyType

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORBIDDEN_IN_NAME = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd-\uffff]")
_CONTROL = bytes([*range(9), 11, 12, *range(14, 32)])
_IN_TEXT = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_IN_ATTRIBUTE = (*_IN_TEXT, ('"', "&quot;"), ("\n", "&#10;"), ("\t", "&#9;"), ("\r", "&#13;"))


def escape(text: str) -> str:
    """Text for between two tags. Forbidden characters and carriage returns are left to ``XmlStream``."""
    for character, reference in _IN_TEXT:
        text = text.replace(character, reference)
    return text


def escape_attribute(text: str) -> str:
    """Text for a double-quoted attribute. Forbidden characters are left to ``XmlStream``."""
    for character, reference in _IN_ATTRIBUTE:
        text = text.replace(character, reference)
    return text


def escaped_names(label: str, node_ids: Sequence[str]) -> list[str]:
    """The names of nodes of one label for attributes, different for different nodes."""
    prefix = node_name(label, "")
    text = "\n".join(node_ids)
    if "\ufffd" not in text and text.replace("\n", "").isprintable():
        names = escape(text).replace('"', "&quot;").split("\n")
        if len(names) == len(node_ids):
            return [prefix + name for name in names]
    return [
        escape_attribute(_FORBIDDEN_IN_NAME.sub(lambda c: f"\ufffd{ord(c[0]):04x}", prefix + node_id))
        for node_id in node_ids
    ]


class XmlStream:
    """Writes a document in UTF-8, free of what XML cannot hold."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.write('<?xml version="1.0" encoding="UTF-8"?>\n')

    def write(self, text: str) -> None:
        """Writes a piece whose texts are escaped."""
        if "\r" in text:
            # A reader makes a bare carriage return a newline.
            text = text.replace("\r", "&#13;")
        data = text.encode()
        # Deleting bytes is many times faster than a search by expression, and nearly no block holds such a character.
        forbidden = len(data.translate(None, _CONTROL)) != len(data)
        if forbidden or b"\xef\xbf\xbe" in data or b"\xef\xbf\xbf" in data:
            data = _FORBIDDEN.sub("\ufffd", text).encode()
        self._stream.write(data)


XML_TYPE: dict[PropertyType, str] = {
    "string": "string",
    "float": "double",
    "int": "long",
    "bool": "boolean",
    "strings": "string",
    "ints": "string",
}
"""The name of each type in GraphML and in GEXF."""

DRAWN: dict[str, PropertyType] = {"type": "string", "label": "string"}
"""What nodes and edges have beside their properties: the label or edge type, and the text to draw."""
