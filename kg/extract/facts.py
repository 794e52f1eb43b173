"""The component ``kg_facts``: roles of entities, relations between them, and results, each with its sentence."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from shutil import copy
from typing import Literal

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.batches import batches
from kg.errors import KgError
from kg.extract.candidates import (
    RELATIONS,
    ROLES,
    SLOTS,
    TYPES,
    Candidates,
    Span,
    find_candidates,
    sentence_of_words,
    slot_allows,
)
from kg.extract.coordination import parallel
from kg.extract.document import Analysis, LocalEntity, sentences_of, text_of
from kg.extract.known import KNOWN_NAMES, KnownNames
from kg.extract.network import Heads, Scores, softmax
from kg.extract.tags import AT_ONCE, SpanScorer
from kg.extract.words import Words
from kg.schema import RELATION_ENDS, Entity, EntityType, Relation, RelationType, Result, Role

MOST_ENTITIES = 64
"""Facts are looked for among the first entities of a text; an abstract has a dozen, pairs grow with the square."""

_SELF = re.compile(r"\b(?:our|ours|we|it|its|this|these|the proposed|the resulting)\b|\\name", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_PROPOSED = ROLES.index(Role.PROPOSED)
_BENCHMARKS, _METRICS = (EntityType.BENCHMARK,), (EntityType.METRIC,)
_SUBJECTS = (EntityType.METHOD, EntityType.MODEL)


@dataclass(frozen=True)
class FactSettings:
    """What training and calibration found.

    ``value_transitions`` of the field over values (absolute, relative); ``implied`` names of metrics that a result may
    imply; ``relation_thresholds`` on the confidence of a relation, by type; ``value_threshold`` on the probability of a
    value; ``proposed_threshold`` on the probability that an entity is one and that the paper proposes it.
    """

    value_transitions: Sequence[Sequence[float]] = ()
    implied: Sequence[str] = ()
    relation_thresholds: Mapping[str, float] = field(default_factory=dict)
    value_threshold: float = 0.4
    proposed_threshold: float = 0.0


@dataclass(frozen=True)
class _Value:
    span: Span
    kind: Literal["absolute", "relative"]
    probability: float


def find_values(words: Words, scorer: SpanScorer, settings: FactSettings) -> list[_Value]:
    """The measured numbers of one text, in order."""
    values = []
    for start, end, kind in scorer.best():
        chances = scorer.probabilities(start, end).tolist()
        if sum(chances) >= settings.value_threshold and any(_DIGIT.search(w) for w in words.surfaces[start:end]):
            values.append(_Value(Span(start, end), "relative" if kind else "absolute", chances[kind]))
    return values


def trim_value(value: str) -> str:
    r"""A number without the marks at its ends that belong to what stands around it: ``6 \times`` of ``6 \times}$``."""
    while value:
        odd, open_, close = value.count("$") % 2, value.count("{"), value.count("}")
        if (odd and value[-1] == "$") or (close > open_ and value[-1] == "}"):
            value = value[:-1].rstrip()
        elif (odd and value[0] == "$") or (open_ > close and value[0] == "{"):
            value = value[1:].lstrip()
        else:
            break
    return value


@Language.factory("kg_facts", default_config={"min_confidence": 0.0, "inferred": True})
def make_facts(nlp: Language, name: str, min_confidence: float, inferred: bool) -> FactsPipe:
    """Make the component; relations below ``min_confidence``, or inferred ones, may be left out."""
    return FactsPipe(name, min_confidence, inferred)


class FactsPipe:
    """Sets ``doc._.entities``, ``doc._.relations`` and ``doc._.results`` from ``doc._.analysis``."""

    def __init__(self, name: str, min_confidence: float, inferred: bool) -> None:
        self.name, self.min_confidence, self.inferred = name, min_confidence, inferred
        self.settings = FactSettings()
        self.known = KnownNames()
        self._folder: Path | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Add the facts of one document."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 0) -> Iterator[Doc]:
        """Add the facts of documents, of several at once."""
        transitions = np.array(self.settings.value_transitions, np.float32)
        for docs in batches(stream, AT_ONCE):
            read = [(doc, doc._.analysis) for doc in docs if doc._.analysis.encoded]
            numbers = [a for _, a in read if any(_DIGIT.search(word) for word in a.encoded.words.surfaces)]
            scorers = SpanScorer.run_all([a.reading.value for a in numbers], transitions, [()] * len(numbers))
            values = {
                id(a): find_values(a.encoded.words, s, self.settings) for a, s in zip(numbers, scorers, strict=True)
            }
            for doc, analysis in read:
                self._add(doc, analysis, analysis.encoded.words, values.get(id(analysis), []))
            yield from docs

    def _add(self, doc: Doc, analysis: Analysis, words: Words, found: Sequence[_Value]) -> None:
        assert analysis.reading is not None  # noqa: S101 - what is encoded was read
        entities = analysis.entities[:MOST_ENTITIES]
        inside = [place for entity in entities for place in entity.spans]
        values = [
            value
            for value in found
            if not any(s <= words.starts[value.span.start] and words.ends[value.span.end - 1] <= e for s, e in inside)
        ]
        if not entities:
            doc._.entities, doc._.relations, doc._.results = (), (), ()
            return
        text = _Text(text_of(doc), words, sentences_of(doc), entities, values)
        mentions = [
            (Span(bisect_right(words.ends, start), bisect_left(words.starts, end)), number)
            for number, entity in enumerate(entities)
            for start, end in entity.spans
        ]
        candidates = find_candidates(
            mentions,
            [TYPES.index(e.type) for e in entities],
            [v.span for v in values],
            sentence_of_words(words, text.sentences),
            [self.known.levels_of({text.text[s:e] for s, e in entity.spans}) for entity in entities],
        )
        scores = self.heads.score(analysis.reading.vectors, candidates)
        certain = [text.confidence(entity, doc) for entity in entities]
        roles = scores.role_chances()
        analysis.proposed = {e.id: float(r[_PROPOSED]) * c for e, r, c in zip(entities, roles, certain, strict=True)}
        known = []
        for entity, row, confidence in zip(entities, roles, certain, strict=True):
            if analysis.proposed[entity.id] < self.settings.proposed_threshold:
                row[_PROPOSED] = 0.0
            role = ROLES[int(row.argmax())]
            known.append(Entity(id=entity.id, name=entity.name, type=entity.type, role=role, confidence=confidence))
        doc._.relations = tuple(self._relations(text, candidates, scores, certain))
        doc._.results, implied = self._results(text, candidates, scores)
        doc._.entities = (*known, *implied)

    def _relations(
        self, text: _Text, candidates: Candidates, scores: Scores, certain: Sequence[float]
    ) -> list[Relation]:
        chances = scores.relation_chances()
        found: dict[tuple[int, int, RelationType], Relation] = {}
        for row, (subject, object_) in enumerate(candidates.pairs.tolist()):
            for column, kind in enumerate(RELATIONS):
                # A relation holds only if its ends are things at all.
                chance = float(chances[row, column]) * certain[subject] * certain[object_]
                least = max(self.settings.relation_thresholds.get(str(kind), 0.5), self.min_confidence)
                if chance < least or not _fits(kind, text.entities[subject], text.entities[object_]):
                    continue
                spans = candidates.spans[candidates.pair_spans[row, scores.relation_rows[row, column]]]
                evidence, inferred = text.evidence(spans)
                if inferred and not self.inferred:
                    continue
                found[subject, object_, kind] = Relation(
                    subject=text.entities[subject].id,
                    type=kind,
                    object=text.entities[object_].id,
                    confidence=round(chance, 4),
                    evidence=evidence,
                    inferred=inferred,
                )
        # Two things do not each extend, or each beat, the other: the likelier direction stays.
        return [
            relation
            for (subject, object_, kind), relation in found.items()
            if (other := found.get((object_, subject, kind))) is None
            or (other.confidence, object_) < (relation.confidence, subject)
        ]

    def _results(
        self, text: _Text, candidates: Candidates, scores: Scores
    ) -> tuple[tuple[Result, ...], tuple[Entity, ...]]:
        results: list[Result] = []
        implied: dict[str, Entity] = {}
        types = candidates.entity_features[:, 0]
        listed = text.listed(candidates, scores)
        for number, value in enumerate(text.values):
            rows = np.flatnonzero(candidates.links[:, 0] == number)
            ends: dict[str, str | None] = {}
            certainty = value.probability
            for slot, name in enumerate(SLOTS):
                if name == "baseline" and value.kind == "absolute":
                    ends[name] = None
                    continue
                able = [int(r) for r in rows if slot_allows(slot, int(types[candidates.links[r, 1]]))]
                extra = scores.options[number, len(SLOTS) :][: len(self.settings.implied) if name == "metric" else 0]
                logits = np.array([*scores.links[able, slot], scores.options[number, slot], *extra])
                best = int(logits.argmax())
                if name in ("subject", "metric"):
                    certainty *= float(softmax(logits)[best])
                if (number, slot) in listed:
                    best = able.index(listed[number, slot])
                if best < len(able):
                    ends[name] = text.entities[int(candidates.links[able[best], 1])].id
                elif best == len(able):
                    ends[name] = None
                else:
                    ends[name] = text.metric(self.settings.implied[best - len(able) - 1], implied)
            if ends["baseline"] == ends["subject"]:
                ends["baseline"] = None
            start, end = text.offsets(value.span)
            results.append(
                Result(
                    **ends,
                    value=trim_value(text.text[start:end]),
                    kind=value.kind,
                    confidence=round(min(certainty, 1.0), 4),
                    evidence=text.sentence(value.span),
                )
            )
        return tuple(results), tuple(implied.values())

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        """Write ``facts.json``, ``heads.onnx`` and ``known_names.json.gz`` into ``path``."""
        path.mkdir(parents=True, exist_ok=True)
        (path / "facts.json").write_text(json.dumps(asdict(self.settings)) + "\n", encoding="utf-8")
        if self._folder is not None:
            copy(self._folder / "heads.onnx", path / "heads.onnx")
            self.known.to_disk(path / KNOWN_NAMES)

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> FactsPipe:
        """Read what ``to_disk`` wrote from ``path``; without known names, every name counts as new."""
        folder = Path(path)
        if not (folder / "heads.onnx").is_file():
            raise KgError(f"{folder}: the pipeline lacks heads.onnx; install it again or train it anew")
        self.settings = FactSettings(**json.loads((folder / "facts.json").read_text(encoding="utf-8")))
        self.heads = Heads(folder / "heads.onnx")
        self.known = KnownNames.from_disk(folder / KNOWN_NAMES)
        self._folder = folder
        return self


def _fits(kind: RelationType, subject: LocalEntity, object_: LocalEntity) -> bool:
    subjects, objects = RELATION_ENDS[kind]
    return subject.type in subjects and object_.type in objects


@dataclass(frozen=True)
class _Text:
    """One text with what was found in it so far; offsets are code points."""

    text: str
    words: Words
    sentences: Sequence[tuple[int, int]]
    entities: Sequence[LocalEntity]
    values: Sequence[_Value]

    def offsets(self, span: Span) -> tuple[int, int]:
        return self.words.starts[span.start], self.words.ends[span.end - 1]

    def sentence(self, span: Span) -> tuple[int, int]:
        start = self.words.starts[span.start]
        number = bisect_right(self.sentences, start, key=lambda s: s[0]) - 1
        return self.sentences[max(number, 0)]

    def confidence(self, entity: LocalEntity, doc: Doc) -> float:
        known = doc.user_data.get("kg.confidence", {})
        return max((known.get((s, e, entity.type), 1.0) for s, e in entity.spans), default=1.0)

    def evidence(self, spans: np.ndarray) -> tuple[tuple[int, int], bool]:
        """The sentence that states a relation between two spans of words, and whether none really does.

        A sentence with both states it. So does the object's if it refers to what the paper proposes ("our method").
        """
        first, second = (self.sentence(Span(int(s), int(e))) for s, e in spans)
        if first == second:
            return first, False
        return second, _SELF.search(self.text, *second) is None

    def listed(self, candidates: Candidates, scores: Scores) -> dict[tuple[int, int], int]:
        """The row of ``candidates.links`` that fills a slot of a value because both stand in parallel lists."""
        row_of = {(int(v), int(e)): row for row, (v, e) in enumerate(candidates.links)}
        values = [self.offsets(v.span) for v in self.values]
        filled: dict[tuple[int, int], int] = {}
        for kinds, slots in ((_BENCHMARKS, (1,)), (_METRICS, (2,)), (_SUBJECTS, (0, 3))):
            names = sorted((s, e, n) for n, x in enumerate(self.entities) if x.type in kinds for s, e in x.spans)
            matched = parallel(self.text, self.sentences, values, [(s, e) for s, e, _ in names])
            rows = {value: row_of[value, names[name][2]] for value, name in matched.items()}
            if rows:
                slot = max(slots, key=lambda s: float(scores.links[list(rows.values()), s].sum()))
                filled |= {(value, slot): row for value, row in rows.items()}
        return filled

    def metric(self, name: str, implied: dict[str, Entity]) -> str:
        """The id of a metric by name: that of a mentioned one, otherwise of one that is only implied."""
        for entity in self.entities:
            if entity.type is EntityType.METRIC and entity.name.casefold() == name.casefold():
                return entity.id
        if name not in implied:
            implied[name] = Entity(id=f"m{len(implied) + 1}", name=name, type=EntityType.METRIC, role=Role.REPORTED)
        return implied[name].id
