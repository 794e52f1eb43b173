"""The pipeline as a whole: loading it, making one from trained files, and papers → records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from kg.errors import InputError
from kg.extract import entities, facts, mentions, reader  # noqa: F401  (they register components)
from kg.extract.document import make_doc
from kg.resources import resource
from kg.schema import Mention, Paper, Record

DEFAULT = "kg_papers"
COMPONENTS = ("kg_sentences", "kg_encoder", "kg_mentions", "kg_entities", "kg_facts")


def blank_pipeline(components: Sequence[str] = COMPONENTS) -> Language:
    """A pipeline with some of the components and no weights."""
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "kg.words.v1"}}})
    nlp.max_length = 10_000_000
    for name in components:
        nlp.add_pipe(name)
    return nlp


def load_pipeline(name: str | Path | None = None) -> Language:
    """Load a trained pipeline.

    Args:
        name: a pipeline that ships with the package (``kg_papers``, the default) or a folder made by ``kg train``.

    Raises:
        InputError: there is no such pipeline.
    """
    folder = Path(name) if name is not None and Path(name).is_dir() else resource("pipelines") / str(name or DEFAULT)
    if not (folder / "config.cfg").is_file():
        known = ", ".join(sorted(p.parent.name for p in resource("pipelines").glob("*/config.cfg")))
        raise InputError(f"there is no pipeline {str(name)!r}", f"name a folder made by 'kg train', or one of: {known}")
    nlp = spacy.load(folder)
    nlp.max_length = 10_000_000
    return nlp


def pipeline_version(nlp: Language) -> str:
    """Name and version of a pipeline: what a record was extracted by."""
    return f"{nlp.meta['name']} {nlp.meta['version']}"


def record_of(paper: Paper, doc: Doc) -> Record:
    """The extraction record of a processed document; the ids of entities hold within it only."""
    of_span = {span: e.id for e in doc._.analysis.entities for span in e.spans}
    type_of = {e.id: e.type for e in doc._.entities}
    found = [
        Mention(
            start=span.start_char,
            end=span.end_char,
            text=span.text,
            type=type_of[entity],
            entity=entity,
            confidence=span._.confidence,
        )
        for span in doc.ents
        if (entity := of_span.get((span.start_char, span.end_char), "")) in type_of
    ]
    return Record(
        **paper.model_dump(include=set(Paper.model_fields)),
        mentions=tuple(found),
        entities=doc._.entities,
        relations=doc._.relations,
        results=doc._.results,
    )


def extract(papers: Iterable[Paper], nlp: Language, batch_size: int = 64) -> Iterator[Record]:
    """Records of papers, in order; neither the batch size nor the order changes a record."""
    stream = ((make_doc(nlp, paper), paper) for paper in papers)
    for doc, paper in nlp.pipe(stream, as_tuples=True, batch_size=batch_size):
        yield record_of(paper, doc)
