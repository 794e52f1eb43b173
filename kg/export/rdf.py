"""The graph as RDF statements: which term stands for which name of the schema, and the names of nodes and edges.

Terms of schema.org, FaBiO, PRISM, Dublin Core and the Open Research Knowledge Graph are used where they fit, terms in
``urn:paperkg:vocab:`` with the name that the schema uses otherwise. A node is ``urn:paperkg:Label:id``, with the id
percent-encoded. An edge is a triple; one with properties is an ``rdf:Statement`` too, which carries them and whose name
is made of its type and ends. A list is an RDF list, so that its order and its repetitions are kept.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from kg.export.source import NodeKey

PREFIXES = {
    "kg": "urn:paperkg:vocab:",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "schema": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "fabio": "http://purl.org/spar/fabio/",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "orkgc": "http://orkg.org/orkg/class/",
    "orkgp": "http://orkg.org/orkg/predicate/",
}

CLASSES: dict[str, tuple[str, ...]] = {
    "Paper": ("schema:ScholarlyArticle", "fabio:ResearchPaper"),
    "Model": ("orkgc:Model",),
    "Benchmark": ("schema:Dataset", "orkgc:Dataset"),
    "Metric": ("orkgc:Metric",),
    "Task": ("orkgc:Problem",),
    "Result": ("orkgc:Evaluation",),
}
"""Published classes of a node label, beside the own one."""

_PUBLISHED = {
    "id": "dcterms:identifier",
    "name": "schema:name",
    "title": "dcterms:title",
    "abstract": "schema:abstract",
    "doi": "prism:doi",
    "url": "schema:url",
    "published": "schema:datePublished",
    "authors": "schema:author",
    "aliases": "schema:alternateName",
    "value": "orkgp:HAS_VALUE",
    "unit": "schema:unitText",
    "ADDRESSES": "orkgp:P32",
    "MEASURES": "orkgp:HAS_METRIC",
}

_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)


def term(name: str) -> str:
    """The prefixed name that stands for a label, an edge type or a property."""
    return _PUBLISHED.get(name, f"kg:{name}")


def classes(label: str) -> tuple[str, ...]:
    """The prefixed names of the classes of a node."""
    return (f"kg:{label}", *CLASSES.get(label, ()))


def node_iri(label: str, node_id: str) -> str:
    """The name of a node."""
    return f"urn:paperkg:{label}:{quote(node_id, safe=':')}"


def edge_iri(kind: str, start: NodeKey, end: NodeKey) -> str:
    """The name of the statement that an edge is; the parts are apart by slashes, which no part has."""
    (a, a_id), (b, b_id) = start, end
    return f"urn:paperkg:edge/{kind}/{a}:{quote(a_id, safe=':')}/{b}:{quote(b_id, safe=':')}"


def is_date(name: str, value: object) -> bool:
    """Whether a value is the full date of a paper, as ``xsd:date`` wants it."""
    return name == "published" and isinstance(value, str) and _DATE.fullmatch(value) is not None
