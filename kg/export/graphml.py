"""GraphML: every attribute declared with its type, lists as JSON arrays, written row by row.

A node's ``id`` is its label and id (``Method:method:grpo``). Attributes beside the properties of the schema: ``type``,
a node's label (``Method``) or an edge's type (``BASED_ON``), and ``label``, which Gephi draws: a node's name or an
edge's type. Edges are numbered ``e0``, ``e1`` … in their order.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from kg.export.columns import edge_columns, node_columns
from kg.export.registry import Format
from kg.export.source import GraphSource
from kg.export.xmlrows import XmlRows
from kg.export.xmltext import DRAWN, XML_TYPE, XmlStream, escape

_HEAD = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""

_ROWS = XmlRows(
    node=lambda label: f'<node id="%s"><data key="n_type">{label}</data><data key="n_label">%s</data>',
    edge=lambda kind: (
        f'<edge id="e%s" source="%s" target="%s"><data key="e_type">{kind}</data><data key="e_label">{kind}</data>'
    ),
    value=lambda prefix, name: f'<data key="{prefix}_{name}">',
    closing="</data>",
    node_end="</node>\n",
    edge_end="</edge>\n",
    escape=escape,
)


def write(source: GraphSource, path: Path) -> None:
    """Writes the graph as GraphML."""
    with path.open("wb") as stream:
        xml = XmlStream(stream)
        xml.write(_HEAD)
        for prefix, domain, columns in (("n", "node", DRAWN | node_columns()), ("e", "edge", DRAWN | edge_columns())):
            for name, value_type in columns.items():
                declared = f'attr.name="{name}" attr.type="{XML_TYPE[value_type]}"'
                xml.write(f'<key id="{prefix}_{name}" for="{domain}" {declared}/>\n')
        xml.write('<graph edgedefault="directed">\n')
        for text in chain(_ROWS.nodes(source), _ROWS.edges(source)):
            xml.write(text)
        xml.write("</graph>\n</graphml>\n")


FORMAT = Format("graphml", (".graphml",), write)
