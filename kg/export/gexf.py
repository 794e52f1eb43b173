"""GEXF 1.3, Gephi's own format: attributes declared with their types, lists as JSON arrays, written row by row.

Nodes and edges have the same ids, labels and attributes as in GraphML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kg.export.columns import edge_columns, ints_text, node_columns, strings_text
from kg.export.registry import Format
from kg.export.source import GraphSource
from kg.export.xmltext import TO_XML, XML_TYPE, XmlBlocks, XmlColumns, escape_attribute, escaped_name, values_text
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType

_HEAD = """<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">
<graph mode="static" defaultedgetype="directed">
"""

# GEXF keeps values in attributes, where a newline must be escaped too.
_TO_ATTRIBUTE: dict[PropertyType, Callable[[Any], str]] = TO_XML | {
    "string": escape_attribute,
    "strings": lambda values: escape_attribute(strings_text(values)),
    "ints": ints_text,
}
_TYPE: dict[str, PropertyType] = {"type": "string"}


_CLOSING = '"/>'


def write(source: GraphSource, path: Path) -> None:
    """Writes the graph as GEXF."""
    with path.open("wb") as stream, XmlBlocks(stream) as xml:
        xml.write(_HEAD)
        for kind, columns in (("node", _TYPE | node_columns()), ("edge", _TYPE | edge_columns())):
            xml.write(f'<attributes class="{kind}" mode="static">\n')
            for name, value_type in columns.items():
                xml.write(f'<attribute id="{kind[0]}_{name}" title="{name}" type="{XML_TYPE[value_type]}"/>\n')
            xml.write("</attributes>\n")
        xml.write("<nodes>\n")
        columns_of = {name: _columns("n", label.properties) for name, label in NODE_LABELS.items()}
        for label, properties in source.iter_nodes():
            shown = escape_attribute(str(properties.get("name", properties["id"])))
            xml.write(
                f'<node id="{escaped_name(label, str(properties["id"]))}" label="{shown}"><attvalues>'
                f'<attvalue for="n_type" value="{label}"/>{values_text(properties, columns_of[label], _CLOSING)}'
                "</attvalues></node>\n"
            )
        xml.write("</nodes>\n<edges>\n")
        columns_of = {name: _columns("e", edge.properties) for name, edge in EDGE_TYPES.items()}
        for number, (name, start, end, properties) in enumerate(source.iter_edges()):
            xml.write(
                f'<edge id="e{number}" source="{escaped_name(*start)}" '
                f'target="{escaped_name(*end)}" label="{name}"><attvalues>'
                f'<attvalue for="e_type" value="{name}"/>{values_text(properties, columns_of[name], _CLOSING)}'
                "</attvalues></edge>\n"
            )
        xml.write("</edges>\n</graph>\n</gexf>\n")


def _columns(prefix: str, properties: Mapping[str, PropertyType]) -> XmlColumns:
    return [(n, f'<attvalue for="{prefix}_{n}" value="', _TO_ATTRIBUTE[kind]) for n, kind in properties.items()]


FORMAT = Format("gexf", (".gexf",), write)
