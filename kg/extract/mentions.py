"""The component ``kg_mentions``: which words name a thing of which type.

The tags come from a conditional random field. A name means the same wherever it stands in a text, so the places where
it stands decide together whether it is a mention, and those of all its spellings of which type.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.batches import batches
from kg.extract.coordination import share_out
from kg.extract.document import Analysis, text_of, title_break
from kg.extract.tags import AT_ONCE, Floats, SpanScorer
from kg.extract.words import Words, drop_plural

_HYPHENS = frozenset("-–—‐")


@dataclass(frozen=True)
class MentionSettings:
    """What training and calibration found.

    ``types`` in the order of the tags; ``transitions`` of the field; ``threshold`` on the probability of a name, half
    way between the mean over the places where it stands and the highest of them; ``calibration`` points (probability,
    share that was right), between which confidence is interpolated.
    """

    types: Sequence[str]
    transitions: Sequence[Sequence[float]]
    threshold: float = 0.4
    calibration: Sequence[tuple[float, float]] = ((0.0, 0.0), (1.0, 1.0))


@dataclass(frozen=True)
class Found:
    """Words [start, end) that name a thing of a type; ``probability`` is that of the name, over all its places."""

    start: int
    end: int
    type: str
    probability: float


def find_mentions(words: Words, scorer: SpanScorer, settings: MentionSettings) -> list[Found]:
    """The mentions of one text, in order, none overlapping; none goes on where the field breaks off."""
    breaks = scorer.breaks
    surfaces = {tuple(words.surfaces[s:e]) for s, e, _ in scorer.best()}
    places = _places(words.surfaces, surfaces)
    taken = np.zeros(len(words), bool)
    names: dict[str, list[tuple[int, int, float, Floats]]] = defaultdict(list)
    for surface in sorted(surfaces, key=lambda s: (-sum(map(len, s)), s)):
        spans = [
            (p, p + len(surface))
            for p in places[surface]
            if not taken[p : p + len(surface)].any() and not any(p < b < p + len(surface) for b in breaks)
        ]
        if not spans:
            continue
        chances = np.array([scorer.probabilities(s, e) for s, e in spans])
        at_each = chances.sum(axis=1)
        # One place that leaves no doubt tells as much as all of them together: elsewhere the context may be poor.
        chance = float(at_each.mean() + at_each.max()) / 2
        if chance < settings.threshold:
            continue
        for row, (start, end) in zip(chances, spans, strict=True):
            taken[start:end] = True
            names[_variant(surface)].append((start, end, chance, row))
    found = []
    for variants in names.values():
        share = np.mean([row for *_, row in variants], axis=0)
        best = int(share.argmax())
        certain = float(share[best] / max(float(share.sum()), 1e-9))
        found += [Found(s, e, settings.types[best], min(1.0, chance * certain)) for s, e, chance, _ in variants]
    return sorted(found, key=lambda f: f.start)


def _variant(surface: Sequence[str]) -> str:
    """What is common to the spellings of a name within a text, which are of one type: case, hyphens and plural go."""
    return drop_plural("".join(word.casefold() for word in surface if word not in _HYPHENS))


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
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 0) -> Iterator[Doc]:
        """Add the mentions of documents, of several at once."""
        transitions = np.array(self.settings.transitions, np.float32)
        for docs in batches(stream, AT_ONCE):
            analyses = [(doc, doc._.analysis) for doc in docs]
            read = [(doc, a, a.encoded.words) for doc, a in analyses if a.encoded and len(a.encoded.words)]
            emissions = [a.reading.entity for _, a, _ in read]
            breaks = [title_break(doc, words) for doc, _, words in read]
            scorers = SpanScorer.run_all(emissions, transitions, breaks)
            for (doc, analysis, words), scorer in zip(read, scorers, strict=True):
                self._add(doc, analysis, words, scorer)
            for doc in docs:
                doc.spans["mentions"] = list(doc.ents)
                yield doc

    def _add(self, doc: Doc, analysis: Analysis, words: Words, scorer: SpanScorer) -> None:
        text = text_of(doc)
        confidence = doc.user_data.setdefault("kg.confidence", {})
        spans = list(doc.ents)
        taken = {token.i for span in spans for token in span}
        levels, shares = zip(*self.settings.calibration, strict=True)
        for found in find_mentions(words, scorer, self.settings):
            share = round(float(np.interp(found.probability, levels, shares)), 4)
            if share < self.min_confidence:
                continue
            for start, end, name in share_out(text, words.starts[found.start], words.ends[found.end - 1]):
                span = doc.char_span(start, end, label=found.type)
                if span is None or not taken.isdisjoint(range(span.start, span.end)):
                    continue
                taken.update(range(span.start, span.end))
                spans.append(span)
                confidence[start, end, found.type] = share
                if name != span.text:
                    analysis.names[start, end] = name
        doc.ents = spans

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        """Write ``mentions.json`` into ``path``."""
        path.mkdir(parents=True, exist_ok=True)
        (path / "mentions.json").write_text(json.dumps(asdict(self.settings)) + "\n", encoding="utf-8")

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> MentionsPipe:
        """Read ``mentions.json`` from ``path``."""
        self.settings = MentionSettings(**json.loads((Path(path) / "mentions.json").read_text(encoding="utf-8")))
        return self
