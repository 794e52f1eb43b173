"""Thresholds and calibration, chosen on development papers with the packaged pipeline itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from spacy.language import Language

from kg.evaluate import AnnotatedPaper
from kg.evaluate.scoring import align
from kg.evaluate.spans import SpanText, make_span_doc
from kg.extract.calibration import calibrate
from kg.extract.document import make_doc, title_break
from kg.extract.facts import FactSettings, FactsPipe
from kg.extract.mentions import MentionSettings, MentionsPipe, find_mentions
from kg.extract.pipeline import record_of
from kg.extract.tags import SpanScorer
from kg.schema import RelationType, Role

GRID = tuple(round(0.05 * i, 2) for i in range(1, 19))


def _f1(right: int, predicted: int, annotated: int) -> float:
    return 2 * right / (predicted + annotated) if predicted + annotated else 0.0


def tune_mentions(nlp: Language, texts: Sequence[SpanText], settings: MentionSettings) -> MentionSettings:
    """The threshold with the best mention F1, and the calibration of what it lets through."""
    pipe: MentionsPipe = nlp.get_pipe("kg_mentions")  # type: ignore[assignment]
    with nlp.select_pipes(enable=["kg_sentences", "kg_encoder"]):
        docs = list(nlp.pipe([make_span_doc(nlp, text) for text in texts]))
    settings = replace(settings, types=pipe.settings.types, transitions=pipe.settings.transitions)
    scorers = SpanScorer.run_all(
        [doc._.analysis.reading.entity for doc in docs],
        np.array(settings.transitions, np.float32),
        [title_break(doc, doc._.analysis.encoded.words) for doc in docs],
    )

    def found_at(threshold: float) -> list[tuple[float, bool]]:
        at = replace(settings, threshold=threshold)
        rows = []
        for doc, scorer, text in zip(docs, scorers, texts, strict=True):
            words = doc._.analysis.encoded.words
            for f in find_mentions(words, scorer, at):
                span = words.starts[f.start], words.ends[f.end - 1], f.type
                rows.append((f.probability, span in text.spans))
        return rows

    annotated = sum(len(text.spans) for text in texts)

    def quality(threshold: float) -> float:
        rows = found_at(threshold)
        return _f1(sum(right for _, right in rows), len(rows), annotated)

    best = max(GRID, key=quality)
    return replace(settings, threshold=best, calibration=calibrate(found_at(best)))


def tune_facts(nlp: Language, papers: Sequence[AnnotatedPaper], settings: FactSettings) -> FactSettings:
    """The thresholds of relations (one a type) and of proposed entities with the best F1, end to end."""
    pipe: FactsPipe = nlp.get_pipe("kg_facts")  # type: ignore[assignment]
    known = pipe.settings
    pipe.settings = replace(known, relation_thresholds={str(k): GRID[0] for k in RelationType}, proposed_threshold=0.0)
    docs = list(nlp.pipe([make_doc(nlp, p.paper) for p in papers]))
    pipe.settings = known
    aligned = list(align(papers, [record_of(p.paper, doc) for p, doc in zip(papers, docs, strict=True)]))
    thresholds = {}
    for kind in RelationType:
        rows = [
            (r.confidence, key in a.gold.relations) for a in aligned for key, r in a.relations.items() if r.type == kind
        ]
        thresholds[str(kind)] = _best(rows, sum(r[1] == kind for a in aligned for r in a.gold.relations))
    roles = [{canonical: role for _, _, canonical, role in a.gold.entities} for a in aligned]
    rows = [
        (chance, of.get(a.pairs.get(entity, "")) == Role.PROPOSED)
        for a, of, doc in zip(aligned, roles, docs, strict=True)
        for entity, chance in doc._.analysis.proposed.items()
    ]
    proposed = _best(rows, sum(role == Role.PROPOSED for of in roles for role in of.values()))
    return replace(known, implied=settings.implied, relation_thresholds=thresholds, proposed_threshold=proposed)


def _best(rows: Sequence[tuple[float, bool]], annotated: int) -> float:
    """The threshold on the first of each row with the best F1; the second says whether the row is right."""
    return max(GRID, key=lambda t: _f1(sum(ok for c, ok in rows if c >= t), sum(c >= t for c, _ in rows), annotated))
