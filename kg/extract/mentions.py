"""The component ``kg_mentions``: which words name a thing of which type.

The tags come from a conditional random field. A name means the same wherever it stands in a text, so the places where
it stands decide together whether it is a mention, and of which type.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span

from kg.extract.document import Analysis
from kg.extract.tags import Floats, SpanScorer
from kg.extract.words import Words


@dataclass(frozen=True)
class MentionSettings:
    """What training and calibration found.

    ``types`` in the order of the tags; ``transitions`` of the field; ``threshold`` on the mean probability of a name
    over the places where it stands; ``calibration`` points (probability of the field, share that was right), between
    which confidence is interpolated.
    """

    types: Sequence[str]
    transitions: Sequence[Sequence[float]]
    threshold: float = 0.4
    calibration: Sequence[tuple[float, float]] = ((0.0, 0.0), (1.0, 1.0))


@dataclass(frozen=True)
class Found:
    """Words [start, end) that name a thing; ``probability`` is the mean over the places of that name."""

    start: int
    end: int
    type: str
    probability: float


def find_mentions(words: Words, emissions: Floats, settings: MentionSettings) -> list[Found]:
    """The mentions of one text, in order, none overlapping."""
    if not len(words):
        return []
    scorer = SpanScorer.run(emissions, np.array(settings.transitions, np.float32))
    surfaces = {tuple(words.surfaces[s:e]) for s, e, _ in scorer.best()}
    places = _places(words.surfaces, surfaces)
    taken = np.zeros(len(words), bool)
    found = []
    for surface in sorted(surfaces, key=lambda s: (-sum(map(len, s)), s)):
        spans = [(p, p + len(surface)) for p in places[surface] if not taken[p : p + len(surface)].any()]
        if not spans:
            continue
        chances = np.array([[scorer.probability(s, e, t) for t in range(len(settings.types))] for s, e in spans])
        means = chances.mean(axis=0)
        best = int(means.argmax())
        if means.sum() < settings.threshold:
            continue
        for start, end in spans:
            taken[start:end] = True
            found.append(Found(start, end, settings.types[best], float(means[best])))
    return sorted(found, key=lambda f: f.start)


def _places(words: Sequence[str], surfaces: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], list[int]]:
    by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for surface in surfaces:
        by_first[surface[0]].append(surface)
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, word in enumerate(words):
        for surface in by_first.get(word, ()):
            if tuple(words[i : i + len(surface)]) == surface and not _overlaps(places[surface], i, len(surface)):
                places[surface].append(i)
    return places


def _overlaps(places: Sequence[int], start: int, length: int) -> bool:
    return bool(places) and places[-1] + length > start


@Language.factory("kg_mentions", default_config={"min_confidence": 0.0})
def make_mentions(nlp: Language, name: str, min_confidence: float) -> MentionsPipe:
    """Make the component; mentions below ``min_confidence`` (0…1, calibrated) are left out."""
    return MentionsPipe(name, min_confidence)


class MentionsPipe:
    """Sets ``doc.ents``, ``doc.spans["mentions"]`` and ``span._.confidence``; entities already there stay."""

    def __init__(self, name: str, min_confidence: float) -> None:
        self.name, self.min_confidence = name, min_confidence
        self.settings = MentionSettings((), ())

    def __call__(self, doc: Doc) -> Doc:
        """Add the mentions of one document."""
        analysis: Analysis = doc._.analysis
        if analysis.encoded is None or analysis.reading is None:
            return doc
        words = analysis.encoded.words
        confidence = doc.user_data.setdefault("kg.confidence", {})
        spans = list(doc.ents)
        taken = {token.i for span in spans for token in span}
        token_at = {token.idx: token.i for token in doc}
        levels, shares = zip(*self.settings.calibration, strict=True)
        for found in find_mentions(words, analysis.reading.entity, self.settings):
            start, end = words.starts[found.start], words.ends[found.end - 1]
            share = round(float(np.interp(found.probability, levels, shares)), 4)
            first, last = token_at.get(start), token_at.get(words.starts[found.end - 1])
            if first is None or last is None or share < self.min_confidence:
                continue
            span = Span(doc, first, last + 1, label=found.type)
            if taken.isdisjoint(range(span.start, span.end)):
                spans.append(span)
                confidence[start, end, found.type] = share
        doc.ents = spans
        doc.spans["mentions"] = list(doc.ents)
        return doc

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        """Write ``mentions.json`` into ``path``."""
        path.mkdir(parents=True, exist_ok=True)
        (path / "mentions.json").write_text(json.dumps(asdict(self.settings)) + "\n", encoding="utf-8")

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> MentionsPipe:
        """Read ``mentions.json`` from ``path``."""
        self.settings = MentionSettings(**json.loads((Path(path) / "mentions.json").read_text(encoding="utf-8")))
        return self
