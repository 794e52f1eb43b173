"""Every format read back into a Graph by the library that its users would use."""

from __future__ import annotations

import csv
import io
import json
import math
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import igraph
import networkx as nx
import pyarrow.parquet as pq
import rdflib
from rdflib.collection import Collection

from kg.export.rdf import PREFIXES, term
from kg.graph import Graph
from kg.schema import EDGE_TYPES, NODE_LABELS, PropertyType

csv.field_size_limit(2**30)

Known = dict[str, Any]


def _lists(properties: Mapping[str, Any], columns: Mapping[str, PropertyType]) -> Known:
    """The schema's properties of an element, with lists that were written as JSON text as lists."""
    known = {name: properties[name] for name in columns if properties.get(name) is not None}
    return {name: json.loads(v) if columns[name] in ("strings", "ints") else v for name, v in known.items()}


def _ends(source: str, target: str) -> tuple[tuple[str, str], tuple[str, str]]:
    (a, _, b), (c, _, d) = source.partition(":"), target.partition(":")
    return (a, b), (c, d)


def _of_networkx(view: nx.MultiDiGraph, *, text_lists: bool = True) -> Graph:
    assert isinstance(view, nx.MultiDiGraph)
    graph = Graph()
    plain = _lists if text_lists else lambda known, columns: {n: known[n] for n in columns if n in known}
    for node, data in view.nodes(data=True):
        data = {**data, **{name[3:]: value for name, value in data.items() if name.startswith("kg_")}}
        # XML may have changed characters of the id in the name.
        assert node.startswith(data["type"] + ":")
        graph.nodes[data["type"], data["id"]] = plain(data, NODE_LABELS[data["type"]].properties)
    names = {node: (data["type"], data.get("kg_id", data.get("id"))) for node, data in view.nodes(data=True)}
    for source, target, data in view.edges(data=True):
        kind = data["type"]
        assert data["label"] == kind
        key = (kind, names[source], names[target])
        assert key not in graph.edges
        graph.edges[key] = plain(data, EDGE_TYPES[kind].properties)
    return graph


def graphml_networkx(path: Path) -> Graph:
    return _of_networkx(nx.read_graphml(path, force_multigraph=True))


def graphml_igraph(path: Path) -> Graph:
    """The graph as igraph reads it: where a node or an edge has no value, igraph has an empty text or NaN."""
    with warnings.catch_warnings():
        # igraph names nodes by an attribute "id" unless the file has one.
        warnings.filterwarnings("ignore", message="Could not add vertex ids")
        read = igraph.Graph.Read_GraphML(str(path))
    graph = Graph()

    def known(element: Any, columns: Mapping[str, PropertyType]) -> Known:
        values = {
            n: v for n, v in element.attributes().items() if v != "" and not (isinstance(v, float) and math.isnan(v))
        }
        for name, kind in columns.items():
            if kind == "int" and name in values:
                values[name] = int(values[name])
            if kind == "bool":
                # igraph has no unknown truth value.
                values[name] = element[name]
        return _lists(values, columns)

    for vertex in read.vs:
        graph.nodes[vertex["type"], vertex["id"]] = known(vertex, NODE_LABELS[vertex["type"]].properties)
    for edge in read.es:
        start, end = read.vs[edge.source], read.vs[edge.target]
        key = (edge["type"], (start["type"], start["id"]), (end["type"], end["id"]))
        graph.edges[key] = known(edge, EDGE_TYPES[edge["type"]].properties)
    return graph


def gexf_networkx(path: Path) -> Graph:
    view = nx.read_gexf(path)
    return _of_networkx(view if view.is_multigraph() else nx.MultiDiGraph(view))


def node_link_networkx(path: Path) -> Graph:
    return _of_networkx(nx.node_link_graph(json.loads(path.read_text("utf-8"))), text_lists=False)


def cytoscape_networkx(path: Path) -> Graph:
    view = nx.cytoscape_graph(json.loads(path.read_text("utf-8")))
    for node, data in view.nodes(data=True):
        assert data["value"] == data["id"] == node
        del data["value"]
    return _of_networkx(view, text_lists=False)


def _csv(text: Callable[[str], io.TextIOBase]) -> Graph:
    def known(row: Mapping[str, str], columns: Mapping[str, PropertyType]) -> Known:
        to: dict[str, Callable[[str], Any]] = {"float": float, "int": int, "bool": {"true": True, "false": False}.get}
        to |= {"string": str, "strings": json.loads, "ints": json.loads}
        return {name: to[kind](row[name]) for name, kind in columns.items() if row[name] != ""}

    graph = Graph()
    with text("nodes.csv") as stream:
        for row in csv.DictReader(stream, strict=True):
            graph.nodes[row["label"], row["id"]] = known(row, NODE_LABELS[row["label"]].properties)
    with text("edges.csv") as stream:
        for row in csv.DictReader(stream, strict=True):
            key = (row["type"], (row["from_label"], row["from_id"]), (row["to_label"], row["to_id"]))
            graph.edges[key] = known(row, EDGE_TYPES[row["type"]].properties)
    return graph


def csv_folder(path: Path) -> Graph:
    return _csv(lambda name: (path / name).open(encoding="utf-8", newline=""))


def csv_zip(path: Path) -> Graph:
    with zipfile.ZipFile(path) as archive:
        return _csv(lambda name: io.TextIOWrapper(archive.open(name), encoding="utf-8", newline=""))


def parquet_pyarrow(path: Path) -> Graph:
    graph = Graph()
    for label in NODE_LABELS:
        for row in pq.read_table(path / "nodes" / f"{label}.parquet").to_pylist():
            graph.nodes[label, row["id"]] = {n: v for n, v in row.items() if v is not None}
    for kind in EDGE_TYPES:
        for row in pq.read_table(path / "edges" / f"{kind}.parquet").to_pylist():
            start, end = (row.pop("from_label"), row.pop("from_id")), (row.pop("to_label"), row.pop("to_id"))
            graph.edges[kind, start, end] = {n: v for n, v in row.items() if v is not None}
    return graph


def iri(name: str) -> rdflib.URIRef:
    prefix, _, local = term(name).partition(":")
    return rdflib.URIRef(PREFIXES[prefix] + local)


def rdf_graph(path: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(path, format={".ttl": "turtle", ".jsonld": "json-ld"}[path.suffix])


def rdf_rdflib(path: Path) -> Graph:
    statements = rdf_graph(path)
    graph = Graph()

    def known(subject: Any, columns: Mapping[str, PropertyType]) -> Known:
        values: Known = {}
        for name, kind in columns.items():
            objects = list(statements.objects(subject, iri(name)))
            assert len(objects) <= 1
            for value in objects:
                if kind in ("strings", "ints"):
                    values[name] = [item.toPython() for item in Collection(statements, value)]
                else:
                    values[name] = str(value) if kind == "string" else value.toPython()
                    assert kind != "float" or value.datatype == rdflib.XSD.double
        return values

    def node(name: Any) -> tuple[str, str]:
        label, _, node_id = str(name).removeprefix("urn:paperkg:").partition(":")
        return label, unquote(node_id)

    for label in NODE_LABELS:
        for subject in statements.subjects(rdflib.RDF.type, rdflib.URIRef(PREFIXES["kg"] + label)):
            assert node(subject)[0] == label
            graph.nodes[node(subject)] = known(subject, NODE_LABELS[label].properties)
    for kind in EDGE_TYPES:
        for start, end in statements.subject_objects(iri(kind)):
            graph.edges[kind, node(start), node(end)] = {}
    for statement in statements.subjects(rdflib.RDF.type, rdflib.RDF.Statement):
        ends = [statements.value(statement, rdflib.RDF[part]) for part in ("subject", "predicate", "object")]
        kind = next(kind for kind in EDGE_TYPES if iri(kind) == ends[1])
        key = (kind, node(ends[0]), node(ends[2]))
        assert key in graph.edges
        graph.edges[key] = known(statement, EDGE_TYPES[kind].properties)
    return graph


READERS: dict[str, tuple[str, Callable[[Path], Graph]]] = {
    "graphml-networkx": ("graph.graphml", graphml_networkx),
    "gexf-networkx": ("graph.gexf", gexf_networkx),
    "node-link-networkx": ("graph.json", node_link_networkx),
    "cytoscape-networkx": ("graph.cyjs", cytoscape_networkx),
    "csv": ("graph.csv", csv_folder),
    "csv-zip": ("graph.csv.zip", csv_zip),
    "parquet-pyarrow": ("graph.parquet", parquet_pyarrow),
    "turtle-rdflib": ("graph.ttl", rdf_rdflib),
    "json-ld-rdflib": ("graph.jsonld", rdf_rdflib),
}
"""A file name of each format, and who reads it back with nothing lost."""
