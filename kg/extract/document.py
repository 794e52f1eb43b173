"""spaCy documents of papers: the tokenizer, the attributes that the components fill, sentences."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import registry
from spacy.vocab import Vocab

from kg.extract.encode import Encoded
from kg.extract.network import Reading
from kg.extract.words import Words, split_words
from kg.schema import Entity, EntityType, Paper, Relation, Result
from kg.sentences import split_sentences


@dataclass
class LocalEntity:
    """A thing that one text mentions: the mentions of ``spans`` (start, end in code points) name it."""

    id: str
    name: str
    type: EntityType
    spans: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class Analysis:
    """What the components pass on beside spaCy's own attributes; ``doc._.analysis``.

    ``names`` has the whole name of a mention that is short for more than it says ("13B" after "LLaMA-2 7B and").
    ``proposed`` is the probability, by entity, that it is a thing and that the paper proposes it.
    """

    text: str | None = None
    words: Words | None = None
    encoded: Encoded | None = None
    reading: Reading | None = None
    entities: list[LocalEntity] = field(default_factory=list)
    names: dict[tuple[int, int], str] = field(default_factory=dict)
    proposed: dict[str, float] = field(default_factory=dict)


def _analysis(doc: Doc) -> Analysis:
    return doc.user_data.setdefault("kg.analysis", Analysis())  # type: ignore[no-any-return]


def _confidence(span: Span) -> float:
    known = span.doc.user_data.get("kg.confidence", {})
    return float(known.get((span.start_char, span.end_char, span.label_), 1.0))


Doc.set_extension("analysis", getter=_analysis, force=True)
Doc.set_extension("title_end", default=None, force=True)
Doc.set_extension("entities", default=(), force=True)
Doc.set_extension("relations", default=(), force=True)
Doc.set_extension("results", default=(), force=True)
Span.set_extension("confidence", getter=_confidence, force=True)

DocEntities = tuple[Entity, ...]
DocRelations = tuple[Relation, ...]
DocResults = tuple[Result, ...]


class WordTokenizer:
    """Words as the network sees them; blanks other than one space between words are tokens of their own."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Split ``text``; ``doc.text`` is ``text`` unchanged."""
        words = split_words(text)
        tokens: list[str] = []
        spaces: list[bool] = []
        position = 0
        for surface, start, end in zip(words.surfaces, words.starts, words.ends, strict=True):
            _blank(text[position:start], tokens, spaces)
            tokens.append(surface)
            spaces.append(False)
            position = end
        _blank(text[position:], tokens, spaces)
        return Doc(self.vocab, words=tokens, spaces=spaces, user_data={"kg.analysis": Analysis(text, words)})

    def to_bytes(self, **_: object) -> bytes:
        """Nothing is to be kept."""
        return b""

    def from_bytes(self, _data: bytes, **_: object) -> WordTokenizer:
        """Nothing was kept."""
        return self

    def to_disk(self, _path: object, **_: object) -> None:
        """Nothing is to be kept."""

    def from_disk(self, _path: object, **_: object) -> WordTokenizer:
        """Nothing was kept."""
        return self


def _blank(blank: str, tokens: list[str], spaces: list[bool]) -> None:
    if blank.startswith(" ") and tokens:
        spaces[-1] = True
        blank = blank[1:]
    if blank:
        tokens.append(blank)
        spaces.append(False)


@registry.tokenizers("kg.words.v1")  # type: ignore[untyped-decorator]
def make_tokenizer() -> Callable[[Language], WordTokenizer]:
    """The tokenizer for a spaCy configuration."""
    return lambda nlp: WordTokenizer(nlp.vocab)


def make_doc(nlp: Language, paper: Paper) -> Doc:
    """An unannotated document of a paper's text."""
    doc = nlp.make_doc(paper.text)
    doc._.title_end = len(paper.title)
    return doc


def text_of(doc: Doc) -> str:
    """``doc.text``, which spaCy puts together from the tokens each time that it is asked for."""
    known = doc._.analysis.text
    return doc.text if known is None else str(known)


def title_end(doc: Doc) -> int:
    """Where the title of ``doc`` ends: as set by ``make_doc``, otherwise at the first line break (none: no title)."""
    known = doc._.title_end
    return max(text_of(doc).find("\n"), 0) if known is None else int(known)


def sentences_of(doc: Doc) -> list[tuple[int, int]]:
    """The sentences of ``doc`` as any component set them, otherwise our own; the blanks after them left out."""
    if not doc.has_annotation("SENT_START"):
        return split_sentences(text_of(doc), title_end(doc))
    return [(s.start_char, s.start_char + len(s.text.rstrip())) for s in doc.sents if s.text.strip()]


def title_break(doc: Doc, words: Words) -> list[int]:
    """The number of the first word after the title, in a list; no name goes on from a title into the abstract."""
    end = title_end(doc)
    first = bisect_left(words.starts, end)
    return [first] if end > 0 and 0 < first < len(words) else []


@Language.component("kg_sentences")
def mark_sentences(doc: Doc) -> Doc:
    """Set ``doc.sents``: the title, then the sentences of the abstract."""
    starts = {0, *(start for start, _ in split_sentences(text_of(doc), title_end(doc)))}
    begins = np.isin(doc.to_array("IDX"), list(starts))
    # Token by token, spaCy looks through the whole document each time.
    marks = np.where(begins, 1, -1).astype(np.uint64)[:, None]
    return doc.from_array(["SENT_START"], marks)  # type: ignore[arg-type]
