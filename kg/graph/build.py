"""From resolved extraction records to the typed graph.

Whatever the order of the records, and however they are split over the input, the graph is the same: facts are gathered
in sets and written in sorted order.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from kg.graph.graph import EdgeKey, Graph, NodeKey, Properties
from kg.graph.value import parse_value
from kg.schema import (
    EDGE_OF_ROLE,
    EDGE_TYPES,
    RELATION_ENDS,
    Entity,
    EntityType,
    Paper,
    Record,
    RelationType,
    Result,
    Role,
)
from kg.sentences import split_sentences

_log = logging.getLogger(__name__)

_NAMED = (EntityType.METHOD, EntityType.MODEL)
_ENTITY_LABELS = frozenset(map(str, EntityType))
_RESULT_ENDS: tuple[tuple[str, str, tuple[EntityType, ...]], ...] = (
    ("subject", "OF", _NAMED),
    ("benchmark", "ON", (EntityType.BENCHMARK,)),
    ("metric", "MEASURES", (EntityType.METRIC,)),
    ("baseline", "AGAINST", _NAMED),
)
"""Each end of a result: its field in the record, its edge, the types it may have."""

_STATED_BY: dict[Role, tuple[RelationType | None, str | None]] = {
    Role.EVALUATED_ON: (RelationType.EVALUATED_ON, "benchmark"),
    Role.BASELINE: (RelationType.OUTPERFORMS, "baseline"),
    Role.ADDRESSED: (RelationType.APPLIED_TO, None),
    Role.REPORTED: (None, "metric"),
}
"""The relation (by its object) and the end of a result whose sentence shows that an entity has a role."""


class _Evidence(NamedTuple):
    """Where a paper states a fact; compares by paper, then by position."""

    paper: str
    start: int
    end: int
    sentence: str


@dataclass
class _Fact:
    """All the evidence for one edge: what was seen where, with the highest confidence and whether it was inferred."""

    seen: dict[_Evidence, tuple[float, bool]] = field(default_factory=dict)

    def add(self, evidence: _Evidence, confidence: float, inferred: bool = False) -> None:
        old = self.seen.get(evidence, (0.0, True))
        self.seen[evidence] = (max(confidence, old[0]), inferred and old[1])

    def properties(self, *, offsets: bool = False, inferred: bool = False) -> Properties:
        """The edge's properties: papers are independent witnesses, sentences of one paper are not."""
        evidence = sorted(self.seen)
        best: dict[str, float] = {}
        for item in evidence:
            best[item.paper] = max(best.get(item.paper, 0.0), self.seen[item][0])
        doubt = 1.0
        for confidence in best.values():
            doubt *= 1.0 - confidence
        properties: Properties = {
            "confidence": round(1.0 - doubt, 4),
            "papers": [item.paper for item in evidence],
            "sentences": [item.sentence for item in evidence],
        }
        if offsets:
            properties["starts"] = [item.start for item in evidence]
            properties["ends"] = [item.end for item in evidence]
        if inferred:
            properties["inferred"] = all(flag for _, flag in self.seen.values())
        return properties


@dataclass
class _Thing:
    """What is known of one entity over all papers."""

    names: Counter[str] = field(default_factory=Counter)
    aliases: set[str] = field(default_factory=set)
    papers: set[str] = field(default_factory=set)

    def properties(self, identifier: str) -> Properties:
        name = min(self.names, key=lambda name: (-self.names[name], name))
        return {"id": identifier, "name": name, "aliases": sorted(self.aliases), "papers": len(self.papers)}


@dataclass
class _StatedResult:
    """A result with its evidence and the nodes that it joins, by edge."""

    paper: str
    result: Result
    evidence: _Evidence
    ends: dict[str, NodeKey]

    def id(self) -> str:
        """A hash of what makes the result: its paper, evidence, value, kind and ends."""
        parts = (self.evidence, self.result.value, self.result.kind, sorted(self.ends.items()))
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


FindVariants = Callable[[Mapping[NodeKey, str]], Iterable[tuple[NodeKey, NodeKey, float]]]
"""From the entities of a graph with their names to which is a variant of which, and how sure that is."""


def build_graph(records: Iterable[Record], find_variants: FindVariants | None = None) -> Graph:
    """The typed graph of all records; their entity ids must already be those of the whole collection.

    A node of an entity exists where a paper mentions it or where a relation or a result joins it. If records disagree
    about a name, the most frequent holds (ties: the first in lexicographic order). An id that comes with two types
    gives two nodes, one under each label. A paper that comes twice with the same id gives one node with the facts of
    both. Facts that the schema does not allow, and relations of a thing to itself, are left out and logged.

    Args:
        records: read once; what is kept grows with the graph.
        find_variants: gives the ``VARIANT_OF`` edges, each as variant, family and confidence; without it there are
            none. A variant that no paper mentions gets no edge, as no sentence would show it.
    """
    builder = _Builder()
    for record in records:
        _RecordReader(builder, record).read()
    graph = builder.graph()
    if find_variants is not None:
        names = {node: str(graph.nodes[node]["name"]) for node in sorted(graph.nodes) if node[0] in _ENTITY_LABELS}
        _add_variants(graph, find_variants(names))
    return graph


def _add_variants(graph: Graph, variants: Iterable[tuple[NodeKey, NodeKey, float]]) -> None:
    """Adds the edges of families; the evidence is the first mention of the variant in each paper."""
    shown: dict[NodeKey, list[tuple[str, str]]] = defaultdict(list)
    for kind, paper, node in sorted(graph.edges):
        if kind == "MENTIONS":
            sentences = graph.edges[kind, paper, node]["sentences"]
            shown[node].append((paper[1], cast(list[str], sentences)[0]))
    for variant, family, confidence in sorted(variants):
        if variant in shown and family in graph.nodes:
            graph.edges["VARIANT_OF", variant, family] = {
                "confidence": round(confidence, 4),
                "papers": [paper for paper, _ in shown[variant]],
                "sentences": [sentence for _, sentence in shown[variant]],
            }


class _Builder:
    """Gathers the facts of all records; what they mean together is decided at the end."""

    def __init__(self) -> None:
        self.papers: dict[str, list[Paper]] = defaultdict(list)
        self.things: dict[NodeKey, _Thing] = defaultdict(_Thing)
        self.facts: dict[EdgeKey, _Fact] = defaultdict(_Fact)
        self.results: dict[str, _StatedResult] = {}

    def graph(self) -> Graph:
        graph = Graph()
        for identifier, versions in sorted(self.papers.items()):
            graph.nodes["Paper", identifier] = _paper_properties(versions)
        for edge, fact in sorted(self.facts.items(), key=lambda item: item[0]):
            for node in edge[1:]:
                self._add_entity(graph, node)
            graph.edges[edge] = fact.properties(offsets=edge[0] == "MENTIONS", inferred=edge[0] in RELATION_ENDS)
        for identifier, result in sorted(self.results.items()):
            self._add_result(graph, identifier, result)
        return graph

    def _add_entity(self, graph: Graph, node: NodeKey) -> None:
        if node not in graph.nodes:
            graph.nodes[node] = self.things[node].properties(node[1])

    def _add_result(self, graph: Graph, identifier: str, stated: _StatedResult) -> None:
        node = ("Result", identifier)
        result, ends = stated.result, stated.ends
        value = parse_value(result.value)
        for end in ends.values():
            self._add_entity(graph, end)
        names = [str(graph.nodes[ends[edge]]["name"]) for edge in ("OF", "ON", "MEASURES") if edge in ends]
        properties: Properties = {
            "id": identifier,
            "name": " · ".join([*names, result.value]),
            "value": result.value,
            "unit": value.unit,
            "kind": result.kind,
            "sentence": stated.evidence.sentence,
            "confidence": round(result.confidence, 4),
        }
        if value.number is not None:
            properties["number"] = value.number
        graph.nodes[node] = properties
        graph.edges["HAS_RESULT", ("Paper", stated.paper), node] = {}
        for edge, target in ends.items():
            graph.edges[edge, node, target] = {}


class _RecordReader:
    """Adds the facts of one record to the builder's."""

    def __init__(self, builder: _Builder, record: Record) -> None:
        self._builder = builder
        self._record = record
        self._text = record.text
        self._sentences = split_sentences(self._text, len(record.title))
        self._named: set[NodeKey] = set()
        self._of_id: dict[str, list[Entity]] = defaultdict(list)
        for entity in record.entities:
            self._of_id[entity.id].append(entity)

    def read(self) -> None:
        self._builder.papers[self._record.id].append(self._record.paper)
        mentioned = self._read_mentions()
        self._read_relations()
        self._read_results()
        self._read_roles(mentioned)

    def _paper_node(self) -> NodeKey:
        return "Paper", self._record.id

    def _around(self, start: int, end: int) -> tuple[int, int]:
        """The span of the sentence that holds a mention."""
        for first, last in self._sentences:
            if start < last:
                return min(first, start), max(last, end)
        return start, end

    def _evidence(self, span: tuple[int, int], sentence: tuple[int, int] | None = None) -> _Evidence:
        first, last = sentence or span
        return _Evidence(self._record.id, *span, self._text[first:last].strip())

    def _find(self, identifier: str, types: tuple[EntityType, ...], what: str) -> NodeKey | None:
        """The node of an entity of this record, if it is of one of ``types``; counts its name once a record."""
        found = next((entity for entity in self._of_id.get(identifier, []) if entity.type in types), None)
        if found is None:
            wanted = " or ".join(types)
            _log.warning("paper %s: %s %r is left out: it is no %s", self._record.id, what, identifier, wanted)
            return None
        key = str(found.type), found.id
        if key not in self._named:
            self._named.add(key)
            names = {entity.name for entity in self._of_id[identifier] if entity.type == found.type}
            self._builder.things[key].names.update(names)
        return key

    def _read_mentions(self) -> dict[NodeKey, list[tuple[int, int]]]:
        mentioned: dict[NodeKey, list[tuple[int, int]]] = defaultdict(list)
        for mention in self._record.mentions:
            types = {entity.type for entity in self._of_id.get(mention.entity, [])}
            # The mention's own type decides only where the record gives one id two types.
            allowed = (mention.type,) if mention.type in types else tuple(EntityType)
            key = self._find(mention.entity, allowed, "a mention of")
            surface = self._text[mention.start : mention.end]
            if key is None or not surface.strip():
                continue
            span = (mention.start, mention.end)
            mentioned[key].append(span)
            thing = self._builder.things[key]
            thing.aliases.add(surface)
            thing.papers.add(self._record.id)
            evidence = self._evidence(span, self._around(*span))
            self._builder.facts["MENTIONS", self._paper_node(), key].add(evidence, mention.confidence)
        return mentioned

    def _read_relations(self) -> None:
        for relation in self._record.relations:
            subjects, objects = RELATION_ENDS[relation.type]
            source = self._find(relation.subject, subjects, f"the subject of {relation.type}")
            target = self._find(relation.object, objects, f"the object of {relation.type}")
            evidence = self._evidence(relation.evidence)
            if source is None or target is None or source == target or not evidence.sentence:
                continue
            fact = self._builder.facts[str(relation.type), source, target]
            fact.add(evidence, relation.confidence, relation.inferred)

    def _read_results(self) -> None:
        for result in self._record.results:
            evidence = self._evidence(result.evidence)
            if not evidence.sentence:
                _log.warning("paper %s: the result %r is left out: no evidence", self._record.id, result.value)
                continue
            ends: dict[str, NodeKey] = {}
            for name, edge, types in _RESULT_ENDS:
                identifier: str | None = getattr(result, name)
                key = None if identifier is None else self._find(identifier, types, f"the {name} of a result")
                if key is not None:
                    ends[edge] = key
            stated = _StatedResult(self._record.id, result, evidence, ends)
            known = self._builder.results.setdefault(stated.id(), stated)
            if result.confidence > known.result.confidence:
                self._builder.results[stated.id()] = stated

    def _read_roles(self, mentioned: dict[NodeKey, list[tuple[int, int]]]) -> None:
        for entity in self._record.entities:
            key = str(entity.type), entity.id
            edge = EDGE_OF_ROLE.get(entity.role)
            if edge is None or key not in mentioned:
                continue
            if key[0] not in {target for _, target in EDGE_TYPES[edge].pairs}:
                _log.warning("paper %s: the role %s of a %s is left out", self._record.id, entity.role, entity.type)
                continue
            span = self._span_of_role(entity, mentioned[key])
            evidence = self._evidence(span, self._around(*span))
            self._builder.facts[edge, self._paper_node(), key].add(evidence, entity.confidence)

    def _span_of_role(self, entity: Entity, spans: list[tuple[int, int]]) -> tuple[int, int]:
        """The mention that shows the role best: in a sentence that states it, else the first one.

        What a paper proposes is shown by its abstract rather than by its title, which only names it.
        """
        spans = sorted(spans)
        if entity.role is Role.PROPOSED:
            return next((span for span in spans if span[0] > len(self._record.title)), spans[0])
        relation_type, end = _STATED_BY.get(entity.role, (None, None))
        stating = [r.evidence for r in self._record.relations if r.type == relation_type and r.object == entity.id]
        if end is not None:
            stating += [r.evidence for r in self._record.results if getattr(r, end) == entity.id]
        shown = (span for span in spans if any(first <= span[0] < last for first, last in stating))
        return next(shown, spans[0])


def _paper_properties(versions: list[Paper]) -> Properties:
    """One paper's properties; if it comes in several versions the longest text holds, and all sources are named."""
    best = min(versions, key=lambda paper: (-len(paper.text), paper.model_dump_json()))
    properties: Properties = {
        "id": best.id,
        "name": best.title,
        "title": best.title,
        "abstract": best.abstract,
        "source": sorted({source for paper in versions for source in paper.source}),
    }
    for name in ("arxiv_id", "doi", "url", "published"):
        known = [value for paper in versions if (value := getattr(paper, name)) is not None]
        if known:
            properties[name] = min(known)
    authors = [paper.authors for paper in versions if paper.authors]
    if authors:
        properties["authors"] = list(min(authors))
    return properties
