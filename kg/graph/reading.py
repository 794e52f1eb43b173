"""Reads one record: which facts it states, and where."""

from __future__ import annotations

import logging
from collections import defaultdict

from kg.graph.facts import Contribution, Evidence, Fact, StatedResult
from kg.graph.graph import EdgeKey, NodeKey
from kg.schema import EDGE_OF_ROLE, EDGE_TYPES, RELATION_ENDS, Entity, EntityType, Record, RelationType, Role
from kg.sentences import split_sentences

_log = logging.getLogger(__name__)

_NAMED = (EntityType.METHOD, EntityType.MODEL)
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


class RecordReader:
    """Adds the facts of one record to the builder's."""

    def __init__(
        self,
        record: Record,
        facts: dict[EdgeKey, Fact],
        results: dict[str, StatedResult],
        contribution: Contribution,
    ) -> None:
        self._facts, self._results, self._contribution = facts, results, contribution
        self._record = record
        self._text = record.text
        self._sentences = split_sentences(self._text, len(record.title))
        self._of_id: dict[str, list[Entity]] = defaultdict(list)
        for entity in record.entities:
            self._of_id[entity.id].append(entity)

    def read(self) -> None:
        """Adds the facts of the record to those of all."""
        mentioned = self._read_mentions()
        self._read_relations()
        self._read_results()
        self._read_roles(mentioned)

    def _add(self, edge: EdgeKey, evidence: Evidence, confidence: float, inferred: bool = False) -> None:
        self._facts[edge].add(evidence, confidence, inferred)
        for end in edge[1:]:
            if end in self._contribution.said:
                self._contribution.said[end].joined = True

    def _paper_node(self) -> NodeKey:
        return "Paper", self._record.id

    def _around(self, start: int, end: int) -> tuple[int, int]:
        """The span of the sentence that holds a mention."""
        for first, last in self._sentences:
            if start < last:
                return min(first, start), max(last, end)
        return start, end

    def _evidence(self, span: tuple[int, int], sentence: tuple[int, int] | None = None) -> Evidence:
        first, last = sentence or span
        return Evidence(self._record.id, *span, self._text[first:last].strip())

    def _find(self, identifier: str, types: tuple[EntityType, ...], what: str) -> NodeKey | None:
        """The node of an entity of this record, if it is of one of ``types``; counts its name once a record."""
        found = next((entity for entity in self._of_id.get(identifier, []) if entity.type in types), None)
        if found is None:
            wanted = " or ".join(types)
            _log.warning("paper %s: %s %r is left out: it is no %s", self._record.id, what, identifier, wanted)
            return None
        key = str(found.type), found.id
        said = self._contribution.said[key]
        if not said.names:
            said.names.update({entity.name for entity in self._of_id[identifier] if entity.type == found.type})
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
            said = self._contribution.said[key]
            said.aliases.add(surface)
            said.papers.add(self._record.id)
            self._add(
                ("MENTIONS", self._paper_node(), key), self._evidence(span, self._around(*span)), mention.confidence
            )
        return mentioned

    def _read_relations(self) -> None:
        for relation in self._record.relations:
            subjects, objects = RELATION_ENDS[relation.type]
            source = self._find(relation.subject, subjects, f"the subject of {relation.type}")
            target = self._find(relation.object, objects, f"the object of {relation.type}")
            evidence = self._evidence(relation.evidence)
            if source is None or target is None or source == target or not evidence.sentence:
                continue
            edge = str(relation.type), source, target
            self._add(edge, evidence, relation.confidence, relation.inferred)
            self._contribution.relations.add(edge)

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
                    self._contribution.said[key].joined = True
            stated = StatedResult(self._record.id, result, evidence, ends)
            known = self._results.setdefault(stated.id(), stated)
            if result.confidence > known.result.confidence:
                self._results[stated.id()] = stated

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
            self._add((edge, self._paper_node(), key), self._evidence(span, self._around(*span)), entity.confidence)

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
