"""Words of a text and what their letters look like: the units that the network tags.

A word is a run of letters and digits, or one other character that is no blank. Names such as ``LLaMA-2-7B`` are several
words, so every name that begins and ends with a letter or a digit begins and ends with a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+|\S")

SHAPES = (
    "none",
    "lower",
    "Title",
    "UPPER",
    "U",
    "UPPERs",
    "Mixed",
    "number",
    "lower-number",
    "UPPER-number",
    "Mixed-number",
    "other-letters",
    "-",
    ".",
    ",",
    "(",
    ")",
    "$",
    "\\",
    "{",
    "}",
    "%",
    "/",
    "+",
    ":",
    "^_",
    "quote",
    "other",
)
"""The shapes of a word, in the order of their numbers: the encoder is uncased, so case reaches it only here."""

_NUMBER_OF_SHAPE = {name: number for number, name in enumerate(SHAPES)}
_SINGLE = {c: _NUMBER_OF_SHAPE[c] for c in "-.,()$\\{}%/+:"} | dict.fromkeys("^_", _NUMBER_OF_SHAPE["^_"])
_SINGLE |= dict.fromkeys("'\"`“”‘’", _NUMBER_OF_SHAPE["quote"])
_SINGLE |= dict.fromkeys("‐‑‒–—−", _NUMBER_OF_SHAPE["-"])

GLUES = 4
"""How many values ``Words.glue`` takes: bit 0, no blank before the word; bit 1, none after it."""


@dataclass(frozen=True)
class Words:
    """The words of one text: parallel lists of surfaces, offsets (code points), shapes and glue."""

    surfaces: list[str]
    starts: list[int]
    ends: list[int]
    shapes: list[int]
    glue: list[int]

    def __len__(self) -> int:
        return len(self.surfaces)


@lru_cache(1 << 15)
def shape_of(word: str) -> int:
    """The number in ``SHAPES`` of the shape of ``word``."""
    if len(word) == 1 and not word.isalnum():
        return _SINGLE.get(word, _NUMBER_OF_SHAPE["other"])
    if word.isdigit():
        return _NUMBER_OF_SHAPE["number"]
    if not word.isascii():
        return _NUMBER_OF_SHAPE["other-letters"]
    if word.isalpha():
        if word.islower():
            return _NUMBER_OF_SHAPE["lower"]
        if word.isupper():
            return _NUMBER_OF_SHAPE["UPPER" if len(word) > 1 else "U"]
        if word[0].isupper() and word[1:].islower():
            return _NUMBER_OF_SHAPE["Title"]
        if word[-1] == "s" and word[:-1].isupper():
            return _NUMBER_OF_SHAPE["UPPERs"]
        return _NUMBER_OF_SHAPE["Mixed"]
    letters = "".join(c for c in word if c.isalpha())
    kind = "lower" if letters.islower() else "UPPER" if letters.isupper() else "Mixed"
    return _NUMBER_OF_SHAPE[f"{kind}-number"]


def split_words(text: str) -> Words:
    """Split ``text`` into words; offsets are code points into it."""
    surfaces, starts, ends = [], [], []
    for match in _WORD.finditer(text):
        surfaces.append(match.group())
        starts.append(match.start())
        ends.append(match.end())
    before = [int(i > 0 and ends[i - 1] == start) for i, start in enumerate(starts)]
    glue = [b | (after << 1) for b, after in zip(before, [*before[1:], 0], strict=False)]
    return Words(surfaces, starts, ends, [shape_of(w) for w in surfaces], glue)


def drop_plural(name: str) -> str:
    """A case-folded name without the ``s`` of its plural, or of what looks like one (``bias``): to compare alone."""
    return name[:-1] if len(name) > 3 and name.endswith("s") and not name.endswith("ss") else name
