"""Texts with typed spans, of any set of types: other people's annotations, and ours without roles and relations.

Two formats: CoNLL (token, offset of its first character, BIO tag; a blank line ends a text) and JSON lines with
``title`` and ``abstract`` (or ``text``) and ``entities``, lists that begin with a surface and its type.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg.corpus.annotations import occurrences
from kg.errors import InputError
from kg.evaluate.gold import AnnotatedPaper
from kg.evaluate.scores import Score, Tally

TypedSpan = tuple[int, int, str]


@dataclass(frozen=True)
class SpanText:
    """A text whose first ``title_end`` code points are its title, with spans [start, end) of some types."""

    text: str
    title_end: int
    spans: frozenset[TypedSpan]

    @classmethod
    def of(cls, paper: AnnotatedPaper) -> SpanText:
        """The mentions of an annotated paper."""
        return cls(paper.text, len(paper.title), frozenset((s, e, str(t)) for s, e, t in paper.mention_spans))


def read_spans(file: str | Path) -> list[SpanText]:
    """Read a file of either format.

    Raises:
        InputError: the file is missing, holds no text, or a line is of neither format.
    """
    path = Path(file)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the file cannot be read ({error})", "name a text file in UTF-8", file=path) from error
    first = next((line for line in lines if line.strip()), "")
    texts = list(_json_lines(path, lines) if first.lstrip().startswith("{") else _conll(path, lines))
    if not texts:
        raise InputError("the file holds no annotated text", "name another file", file=path)
    return texts


def types_of(texts: Iterable[SpanText]) -> list[str]:
    """The types that occur, sorted."""
    return sorted({kind for text in texts for _, _, kind in text.spans})


def _json_lines(path: Path, lines: Sequence[str]) -> Iterator[SpanText]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            title = row.get("title", "")
            text = row["text"] if "text" in row else f"{title}\n{row['abstract']}"
            types = {entity[0]: str(entity[1]) for entity in row["entities"]}
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise InputError(
                f"this is no annotated text ({error!r})",
                "give each line an abstract (or text) and entities, lists of surface and type",
                file=path,
                line=number,
            ) from error
        yield SpanText(
            text, len(title), frozenset((s, e, types[surface]) for s, e, surface in occurrences(text, types))
        )


def _conll(path: Path, lines: Sequence[str]) -> Iterator[SpanText]:
    rows: list[tuple[str, int, str]] = []
    for number, line in enumerate([*lines, ""], 1):
        fields = line.split("\t") if "\t" in line else line.split()
        if not line.strip():
            if rows:
                yield _text_of(rows)
            rows = []
        elif len(fields) != 3 or not fields[1].strip().isdigit() or fields[2].strip()[:2] not in ("O", "B-", "I-"):
            raise InputError(
                "this line is not a token, its offset and a BIO tag",
                "separate the three by tabs",
                file=path,
                line=number,
            )
        else:
            rows.append((fields[0], int(fields[1]), fields[2].strip()))


def _text_of(rows: Sequence[tuple[str, int, str]]) -> SpanText:
    text, spans = "", []
    start, kind, base = 0, "", rows[0][1]
    for token, offset, tag in rows:
        if kind and (tag[:1] != "I" or tag[2:] != kind):
            spans.append((start, len(text), kind))
            kind = ""
        # Offsets that run backwards or into a token before are taken as one blank.
        text += " " * max(offset - base - len(text), int(bool(text) and offset - base < len(text)))
        if tag[:1] in "BI" and not kind:
            start, kind = len(text), tag[2:]
        text += token
    if kind:
        spans.append((start, len(text), kind))
    return SpanText(text, 0, frozenset(spans))


def make_span_doc(nlp: Language, text: SpanText) -> Doc:
    """An unannotated document of a text."""
    doc = nlp.make_doc(text.text)
    doc._.title_end = text.title_end
    return doc


def score_spans(nlp: Language, texts: Sequence[SpanText]) -> dict[str, Score]:
    """Precision, recall and F1 of exact spans with their type: ``all``, then of each type."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for found, text in zip(find_spans(nlp, texts), texts, strict=True):
        tallies["all"].add(text.spans, found)
        for kind in types_of([text]) + sorted({k for _, _, k in found} - {k for _, _, k in text.spans}):
            tallies[kind].add({s for s in text.spans if s[2] == kind}, {s for s in found if s[2] == kind})
    return {name: tallies[name].score for name in sorted(tallies, key=lambda n: (n != "all", n))}


def find_spans(nlp: Language, texts: Sequence[SpanText]) -> Iterator[set[TypedSpan]]:
    """What a pipeline finds in each text."""
    for doc in nlp.pipe([make_span_doc(nlp, text) for text in texts]):
        yield {(span.start_char, span.end_char, span.label_) for span in doc.ents}
