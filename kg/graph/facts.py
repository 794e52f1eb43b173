"""What records say, before it becomes a graph: facts with their evidence, entities with their names, results."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from kg.graph.graph import EdgeKey, NodeKey, Properties
from kg.schema import Result


class Evidence(NamedTuple):
    """Where a paper states a fact; compares by paper, then by position."""

    paper: str
    start: int
    end: int
    sentence: str


@dataclass
class Fact:
    """All the evidence for one edge: what was seen where, with the highest confidence and whether it was inferred."""

    seen: dict[Evidence, tuple[float, bool]] = field(default_factory=dict)

    def add(self, evidence: Evidence, confidence: float, inferred: bool = False) -> None:
        """Adds a place where a paper states it."""
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
class Said:
    """What papers say of one entity: how often it has each name, its surfaces, which papers mention it.

    ``joined`` says whether a fact joins it; an entity that none does has no node.
    """

    names: Counter[str] = field(default_factory=Counter)
    aliases: set[str] = field(default_factory=set)
    papers: set[str] = field(default_factory=set)
    joined: bool = False

    def add(self, other: Said) -> None:
        """Adds what another paper says."""
        self.names.update(other.names)
        self.aliases |= other.aliases
        self.papers |= other.papers
        self.joined |= other.joined

    @property
    def name(self) -> str:
        """The most frequent name; ties: the first in lexicographic order."""
        return min(self.names, key=lambda name: (-self.names[name], name))


@dataclass
class Contribution:
    """What one record adds to the graph: what it says of which entities, and which relations it states."""

    paper: str
    said: dict[NodeKey, Said] = field(default_factory=lambda: defaultdict(Said))
    relations: set[EdgeKey] = field(default_factory=set)


@dataclass
class StatedResult:
    """A result with its evidence and the nodes that it joins, by edge."""

    paper: str
    result: Result
    evidence: Evidence
    ends: dict[str, NodeKey]

    def id(self) -> str:
        """A hash of what makes the result: its paper, evidence, value, kind and ends."""
        parts = (self.evidence, self.result.value, self.result.kind, sorted(self.ends.items()))
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]
