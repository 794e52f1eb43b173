r"""The types of the project: what a paper, a mention, an entity, a relation, a result and the graph are.

This is the one place where a node label, an edge type, a role or a property is declared. Readers, the extraction
pipeline, resolution, stores, exports, the Cypher schema and the page derive theirs from here.

Offsets are Unicode code points into ``Paper.text``, which is ``title + "\n" + abstract``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class EntityType(StrEnum):
    """The five kinds of thing that a paper speaks of; each is a node label too."""

    METHOD = "Method"
    MODEL = "Model"
    BENCHMARK = "Benchmark"
    METRIC = "Metric"
    TASK = "Task"


class Role(StrEnum):
    """What an entity is to the paper that mentions it."""

    PROPOSED = "proposed"
    EVALUATED_ON = "evaluated_on"
    TRAINED_ON = "trained_on"
    BASELINE = "baseline"
    USED = "used"
    ADDRESSED = "addressed"
    REPORTED = "reported"
    MENTIONED = "mentioned"


class RelationType(StrEnum):
    """What one entity is to another, as a paper states it."""

    EVALUATED_ON = "EVALUATED_ON"
    BASED_ON = "BASED_ON"
    OUTPERFORMS = "OUTPERFORMS"
    APPLIED_TO = "APPLIED_TO"


_NAMED = (EntityType.METHOD, EntityType.MODEL)

ROLES_OF: Mapping[EntityType, tuple[Role, ...]] = {
    EntityType.METHOD: (Role.PROPOSED, Role.BASELINE, Role.USED, Role.MENTIONED),
    EntityType.MODEL: (Role.PROPOSED, Role.BASELINE, Role.USED, Role.MENTIONED),
    EntityType.BENCHMARK: (Role.PROPOSED, Role.EVALUATED_ON, Role.TRAINED_ON, Role.MENTIONED),
    EntityType.METRIC: (Role.PROPOSED, Role.REPORTED, Role.MENTIONED),
    EntityType.TASK: (Role.PROPOSED, Role.ADDRESSED, Role.MENTIONED),
}
"""The roles that an entity of each type may have."""

RELATION_ENDS: Mapping[RelationType, tuple[tuple[EntityType, ...], tuple[EntityType, ...]]] = {
    RelationType.EVALUATED_ON: (_NAMED, (EntityType.BENCHMARK,)),
    RelationType.BASED_ON: (_NAMED, _NAMED),
    RelationType.OUTPERFORMS: (_NAMED, _NAMED),
    RelationType.APPLIED_TO: (_NAMED, (EntityType.TASK,)),
}
"""The types that the subject and the object of each relation may have."""


_LONGEST_ID = 500
"""Characters. Databases index ids, and Neo4j no more than 8 kB; names may be of any length."""


def bounded_id(made_of_a_name: str) -> str:
    """An id that is made of a name: itself, or, if it is too long, its beginning and a hash of the whole."""
    if len(made_of_a_name) <= _LONGEST_ID:
        return made_of_a_name
    digest = hashlib.sha256(made_of_a_name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{made_of_a_name[: _LONGEST_ID - len(digest) - 1]}-{digest}"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


_ARXIV_MONTH = re.compile(r"^(?:[a-z-]+(?:\.[A-Z]{2})?/)?(\d\d)(0[1-9]|1[0-2])(?:\.\d{4,5}|\d{3})$")
"""``2501.01234``, or as until 2007 ``cs/0501001``."""


class Paper(_Frozen):
    """A title and an abstract with what is known of where they come from.

    ``id`` is the arXiv id where the source gives one, otherwise ``kg.corpus.paper_id(title)``. ``source`` names every
    file that the paper was read from (file names without folders, sorted). ``published`` is an ISO date,
    shortened to year or month where no more is known; ``categories`` are the subjects as the source calls them.
    """

    id: str
    title: str
    abstract: str
    source: tuple[str, ...] = ()
    arxiv_id: str | None = None
    doi: str | None = None
    url: str | None = None
    published: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that every offset points into."""
        return f"{self.title}\n{self.abstract}"

    @property
    def submitted(self) -> str | None:
        """The month that the arXiv id tells, ``2025-01``; None where there is no such id."""
        found = _ARXIV_MONTH.search(self.arxiv_id or "")
        if not found:
            return None
        year, month = found.groups()
        return f"{1900 + int(year) if year > '90' else 2000 + int(year)}-{month}"


class Mention(_Frozen):
    """A span of a paper's text that names an entity."""

    start: int = Field(ge=0)
    end: int = Field(gt=0)
    text: str
    type: EntityType
    entity: str
    confidence: float = Field(default=1.0, ge=0, le=1)


class Entity(_Frozen):
    """A thing that a paper mentions, with its role there."""

    id: str
    name: str
    type: EntityType
    role: Role
    confidence: float = Field(default=1.0, ge=0, le=1)


class Relation(_Frozen):
    """A typed relation between two entities of a paper; ``evidence`` is the span of the sentence that states it.

    ``inferred`` marks a relation that follows from the paper as a whole and that no one sentence states.
    """

    subject: str
    type: RelationType
    object: str
    confidence: float = Field(default=1.0, ge=0, le=1)
    evidence: tuple[int, int]
    inferred: bool = False


class Result(_Frozen):
    """A measured number with what it belongs to; ids of entities, or None where the text does not say."""

    subject: str | None = None
    benchmark: str | None = None
    metric: str | None = None
    baseline: str | None = None
    value: str
    kind: Literal["absolute", "relative"]
    confidence: float = Field(default=1.0, ge=0, le=1)
    evidence: tuple[int, int]


class Record(Paper):
    """An extraction record: a paper with all that was read from it (CONTRACT, section 1)."""

    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    results: tuple[Result, ...] = ()

    @property
    def paper(self) -> Paper:
        """The paper alone."""
        return Paper(**{name: getattr(self, name) for name in Paper.model_fields})


# ---------------------------------------------------------------------------------------------------------------------
# The graph
# ---------------------------------------------------------------------------------------------------------------------

PropertyType = Literal["string", "float", "int", "bool", "strings", "ints"]
"""The types a property may have: four scalars, and lists of strings and of integers."""

PropertyValue = str | float | int | bool | list[str] | list[int]


@dataclass(frozen=True)
class NodeLabel:
    """A node label and its properties. ``id`` is unique within the label; every node has ``id`` and ``name``."""

    name: str
    properties: Mapping[str, PropertyType]


@dataclass(frozen=True)
class EdgeType:
    """An edge type, the labels it may join (from, to), and its properties. At most one edge joins two nodes."""

    name: str
    pairs: tuple[tuple[str, str], ...]
    properties: Mapping[str, PropertyType]


_NAME: dict[str, PropertyType] = {"id": "string", "name": "string"}
_EVIDENCE: dict[str, PropertyType] = {"confidence": "float", "papers": "strings", "sentences": "strings"}
"""``papers[i]`` is the id of the paper whose ``sentences[i]`` states the fact; ordered by paper, then position."""

_ENTITY_LABELS = tuple(str(t) for t in EntityType)
_NAMED_LABELS = tuple(str(t) for t in _NAMED)


def _pairs(sources: tuple[str, ...], targets: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((s, t) for s in sources for t in targets)


NODE_LABELS: Mapping[str, NodeLabel] = {
    label.name: label
    for label in (
        NodeLabel(
            "Paper",
            _NAME
            | {
                "title": "string",
                "abstract": "string",
                "source": "strings",
                "arxiv_id": "string",
                "doi": "string",
                "url": "string",
                "published": "string",
                "authors": "strings",
                "categories": "strings",
            },
        ),
        *(NodeLabel(name, _NAME | {"aliases": "strings", "papers": "int"}) for name in _ENTITY_LABELS),
        NodeLabel(
            "Result",
            _NAME
            | {
                "value": "string",
                "number": "float",
                "unit": "string",
                "kind": "string",
                "sentence": "string",
                "confidence": "float",
            },
        ),
    )
}

EDGE_TYPES: Mapping[str, EdgeType] = {
    edge.name: edge
    for edge in (
        EdgeType("MENTIONS", _pairs(("Paper",), _ENTITY_LABELS), _EVIDENCE | {"starts": "ints", "ends": "ints"}),
        EdgeType("PROPOSES", _pairs(("Paper",), _ENTITY_LABELS), _EVIDENCE),
        EdgeType("EVALUATES_ON", (("Paper", "Benchmark"),), _EVIDENCE),
        EdgeType("TRAINS_ON", (("Paper", "Benchmark"),), _EVIDENCE),
        EdgeType("USES", _pairs(("Paper",), _NAMED_LABELS), _EVIDENCE),
        EdgeType("COMPARES_WITH", _pairs(("Paper",), _NAMED_LABELS), _EVIDENCE),
        EdgeType("ADDRESSES", (("Paper", "Task"),), _EVIDENCE),
        EdgeType("REPORTS", (("Paper", "Metric"),), _EVIDENCE),
        *(
            EdgeType(
                str(kind),
                tuple((str(s), str(t)) for s in subjects for t in objects),
                _EVIDENCE | {"inferred": "bool"},
            )
            for kind, (subjects, objects) in RELATION_ENDS.items()
        ),
        EdgeType("VARIANT_OF", tuple((label, label) for label in _ENTITY_LABELS), _EVIDENCE),
        EdgeType("HAS_RESULT", (("Paper", "Result"),), {}),
        EdgeType("OF", _pairs(("Result",), _NAMED_LABELS), {}),
        EdgeType("ON", (("Result", "Benchmark"),), {}),
        EdgeType("MEASURES", (("Result", "Metric"),), {}),
        EdgeType("AGAINST", _pairs(("Result",), _NAMED_LABELS), {}),
    )
}
"""Every edge type, by name.

``VARIANT_OF`` joins a thing to its family (``LLaMA-2-7B`` to ``LLaMA-2``, ``AIME 2024`` to ``AIME``). It is derived
from the names, not stated by a sentence: its papers are those that mention the variant, its sentences one of each that
does. A family that no paper mentions has no node and so no edge.
"""

EDGE_OF_ROLE: Mapping[Role, str] = {
    Role.PROPOSED: "PROPOSES",
    Role.EVALUATED_ON: "EVALUATES_ON",
    Role.TRAINED_ON: "TRAINS_ON",
    Role.USED: "USES",
    Role.BASELINE: "COMPARES_WITH",
    Role.ADDRESSED: "ADDRESSES",
    Role.REPORTED: "REPORTS",
}
"""The edge from a paper that each role gives beside ``MENTIONS``; ``mentioned`` gives none."""
