"""GEXF 1.3, Gephi's own format: attributes declared with their types, lists as JSON arrays, written row by row.

Nodes and edges have the same ids, labels and attributes as in GraphML.
"""

from __future__ import annotations

from pathlib import Path

from kg.export.columns import edge_columns, node_columns
from kg.export.registry import Format
from kg.export.source import GraphSource
from kg.export.xmlrows import XmlRows
from kg.export.xmltext import XML_TYPE, XmlStream, escape_attribute
from kg.schema import PropertyType

_HEAD = """<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">
<graph mode="static" defaultedgetype="directed">
"""
_TYPE: dict[str, PropertyType] = {"type": "string"}

# GEXF keeps values in attributes, where a newline must be escaped too.
_ROWS = XmlRows(
    node=lambda label: f'<node id="%s" label="%s"><attvalues><attvalue for="n_type" value="{label}"/>',
    edge=lambda kind: (
        f'<edge id="e%s" source="%s" target="%s" label="{kind}"><attvalues><attvalue for="e_type" value="{kind}"/>'
    ),
    value=lambda prefix, name: f'<attvalue for="{prefix}_{name}" value="',
    closing='"/>',
    node_end="</attvalues></node>\n",
    edge_end="</attvalues></edge>\n",
    escape=escape_attribute,
)


def write(source: GraphSource, path: Path) -> None:
    """Writes the graph as GEXF."""
    with path.open("wb") as stream:
        xml = XmlStream(stream)
        xml.write(_HEAD)
        for kind, columns in (("node", _TYPE | node_columns()), ("edge", _TYPE | edge_columns())):
            xml.write(f'<attributes class="{kind}" mode="static">\n')
            for name, value_type in columns.items():
                xml.write(f'<attribute id="{kind[0]}_{name}" title="{name}" type="{XML_TYPE[value_type]}"/>\n')
            xml.write("</attributes>\n")
        for group, rows in (("nodes", _ROWS.nodes(source)), ("edges", _ROWS.edges(source))):
            xml.write(f"<{group}>\n")
            for text in rows:
                xml.write(text)
            xml.write(f"</{group}>\n")
        xml.write("</graph>\n</gexf>\n")


FORMAT = Format("gexf", (".gexf",), write)
