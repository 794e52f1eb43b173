"""GraphML: every attribute declared with its type, lists as JSON arrays, written row by row.

A node's ``id`` is its label and id (``Method:method:grpo``). Attributes beside the properties of the schema: ``type``,
a node's label (``Method``) or an edge's type (``BASED_ON``), and ``label``, which Gephi draws: a node's name or an
edge's type. Edges are numbered ``e0``, ``e1`` … in their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kg.export.columns import edge_columns, node_columns
from kg.export.registry import Format
from kg.export.source import GraphSource
from kg.export.xmltext import DRAWN, TO_XML, XML_TYPE, XmlBlocks, XmlColumns, escape, escaped_name, values_text
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType

_HEAD = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""


_CLOSING = "</data>"


def write(source: GraphSource, path: Path) -> None:
    """Writes the graph as GraphML."""
    nodes = DRAWN | node_columns()
    edges = DRAWN | edge_columns()
    with path.open("wb") as stream, XmlBlocks(stream) as xml:
        xml.write(_HEAD)
        for prefix, domain, columns in (("n", "node", nodes), ("e", "edge", edges)):
            for name, value_type in columns.items():
                declared = f'attr.name="{name}" attr.type="{XML_TYPE[value_type]}"'
                xml.write(f'<key id="{prefix}_{name}" for="{domain}" {declared}/>\n')
        xml.write('<graph edgedefault="directed">\n')
        columns_of = {name: _columns("n", label.properties) for name, label in NODE_LABELS.items()}
        for label, properties in source.iter_nodes():
            node_id = escaped_name(label, str(properties["id"]))
            shown = escape(str(properties.get("name", properties["id"])))
            xml.write(
                f'<node id="{node_id}"><data key="n_type">{label}</data><data key="n_label">{shown}</data>'
                f"{values_text(properties, columns_of[label], _CLOSING)}</node>\n"
            )
        columns_of = {name: _columns("e", edge.properties) for name, edge in EDGE_TYPES.items()}
        for number, (kind, start, end, properties) in enumerate(source.iter_edges()):
            xml.write(
                f'<edge id="e{number}" source="{escaped_name(*start)}" '
                f'target="{escaped_name(*end)}">'
                f'<data key="e_type">{kind}</data><data key="e_label">{kind}</data>'
                f"{values_text(properties, columns_of[kind], _CLOSING)}</edge>\n"
            )
        xml.write("</graph>\n</graphml>\n")


def _columns(prefix: str, properties: Mapping[str, PropertyType]) -> XmlColumns:
    return [(name, f'<data key="{prefix}_{name}">', TO_XML[kind]) for name, kind in properties.items()]


FORMAT = Format("graphml", (".graphml",), write)
