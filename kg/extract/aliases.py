"""Two names of one thing that no rule joins: ``DivSampling`` and "Diversified Sampling", a title and its subtitle.

Abbreviations that follow the rules are found by ``kg.resolve.abbreviations``. What is left is scored by a small trained
network over features of the two names and of where they stand; training and use share this module.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from kg.extract.words import drop_plural
from kg.resolve.abbreviations import FUNCTION_WORDS
from kg.schema import EntityType

Features = NDArray[np.float32]
TYPES = tuple(EntityType)
COLUMNS = 31
"""How many features a pair of names has."""
MOST_NAMES = 64
"""Pairs are looked for among the first names of a text; their number grows with the square."""

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_COINED = re.compile(r"[a-z][A-Z]|[A-Z]{2,}|\d|\+\+|-")
_BRACKET = re.compile(r"['\"’”]?\s*\(\s*['\"]?")
_COLON = re.compile(r"\s*[:\-–—]+\s*(?:(?:a|an|the|towards?)\s+)?", re.IGNORECASE)
_APPOSITION = re.compile(r",?\s*(?:which is\s+)?(?:a|an|the|our|is an?|i\.e\.,?|or|namely)\s+(?:[\w-]+\s+){0,3}")
_CALLED = re.compile(
    r"\b(?:called|named|termed|dubbed|namely|abbreviated|denoted|short for|referr?ed to as|coined|i\.e\.)\W*(?:as\W*)?$"
)
_PROPOSED = re.compile(
    r"\b(?:propose|introduce|present|develop|design|call|name|dub|term)\w*\b[^.]{0,60}$", re.IGNORECASE
)


@dataclass(frozen=True)
class Name:
    """A name in one text: its distinct surfaces (sorted) and the places [start, end) where they stand."""

    text: str
    title_end: int
    type: EntityType
    surfaces: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    @cached_property
    def words(self) -> list[list[str]]:
        """The case-folded words of each surface."""
        return [[w.casefold() for w in _WORD.findall(s)] for s in self.surfaces]

    @cached_property
    def stems(self) -> list[str]:
        """The stems of the surface that has most of them, without function words."""
        return max(([drop_plural(w.casefold()) for w in row if w not in FUNCTION_WORDS] for row in self.words), key=len)

    @cached_property
    def coined(self) -> bool:
        """Whether a surface looks made up: capitals inside, digits, a hyphen; at most three words."""
        return any(len(w) <= 3 and _COINED.search(s) for s, w in zip(self.surfaces, self.words, strict=True))

    @cached_property
    def in_title(self) -> bool:
        """Whether the title has the name."""
        return any(start < self.title_end for start, _ in self.spans)

    @cached_property
    def announced(self) -> bool:
        """Whether a word such as "propose" stands before the name."""
        return any(_PROPOSED.search(self.text[max(0, start - 80) : start]) for start, _ in self.spans)


def read_off(short: Sequence[str], long: Sequence[str]) -> float:
    """The share of the letters of ``short`` that can be read off ``long``, in order.

    A letter counts fully at the beginning of a word or right after another that was read, otherwise a quarter.
    """
    letters = "".join(short)
    places = [(letter, at == 0) for word in long for at, letter in enumerate(word)]
    if not letters or not places:
        return 0.0
    before = [0.0] * (len(places) + 1)
    last = [-9.0] * len(places)
    for letter in letters:
        row = [-9.0] * len(places)
        best, after = 0.0, list(before)
        for j, (here, starts) in enumerate(places):
            if letter == here:
                if starts:
                    row[j] = before[j] + 1
                elif j and last[j - 1] > 0:
                    row[j] = last[j - 1] + 1
                else:
                    row[j] = before[j] + 0.25
                best = max(best, row[j])
            after[j + 1] = max(after[j + 1], best)
        before, last = after, row
    return before[-1] / len(letters)


def _as_short(a: Name, b: Name) -> tuple[float, float, float]:
    """How well a surface of one name abbreviates one of the other: letters read, first letter, words that begin."""
    best = 0.0, 0.0, 0.0
    for x in a.words:
        for y in b.words:
            for short, long in ((x, y), (y, x)):
                if not 0 < len(short) <= 2 or len(long) <= len(short):
                    continue
                letters = "".join(short)
                heads = [w[0] for w in long if w not in FUNCTION_WORDS]
                score = (
                    read_off(short, long),
                    float(letters[0] == long[0][0]),
                    sum(h in letters for h in heads) / max(1, len(heads)),
                )
                best = max(best, score)
    return best


def _between(a: Name, b: Name) -> tuple[int, bool, bool, bool, bool]:
    """Characters between the closest places; whether a bracket, a title's colon, an apposition, a cue stands there."""
    gap, bracket, colon, apposition, called = 10**6, False, False, False, False
    for start, end in a.spans:
        for other, stop in b.spans:
            low, high = (end, other) if end <= other else (stop, start)
            gap = min(gap, max(high - low, 0))
            if high - low > 90:
                continue
            text = a.text[low:high]
            bracket |= _BRACKET.fullmatch(text) is not None
            colon |= low < a.title_end and _COLON.fullmatch(text) is not None
            apposition |= _APPOSITION.fullmatch(text) is not None
            called |= _CALLED.search(text) is not None
    return gap, bracket, colon, apposition, called


def pair_features(a: Name, b: Name) -> list[float]:
    """The features of two names of one type; ``COLUMNS`` numbers."""
    few, many = sorted((a.stems, b.stems), key=len)
    shared = len(set(few) & set(many))
    folded = [s.casefold() for s in a.surfaces], [s.casefold() for s in b.surfaces]
    gap, *patterns = _between(a, b)
    numbers = [{tuple(_NUMBER.findall(s)) for s in n.surfaces} for n in (a, b)]
    return [
        *_as_short(a, b),
        shared / max(1, len(set(few) | set(many))),
        shared / max(1, len(set(few))),
        bool(few and many and few[-1] == many[-1]),
        bool(few and many and few[0] == many[0]),
        len(few),
        len(many),
        shared,
        max(SequenceMatcher(None, x, y, autojunk=False).ratio() for x in folded[0] for y in folded[1]),
        float(np.log1p(gap)),
        *patterns,
        a.in_title,
        b.in_title,
        a.in_title and b.in_title,
        min(len(a.spans), 10),
        min(len(b.spans), 10),
        a.coined + b.coined,
        a.coined != b.coined,
        a.announced + b.announced,
        any(x in y or y in x for x in folded[0] for y in folded[1]),
        *(a.type is kind for kind in TYPES),
        numbers[0] != numbers[1],
    ]


def _comparable(a: Name, b: Name) -> bool:
    """Whether two names have anything in common: a stem, first letters, or their place."""
    if a.type is not b.type:
        return False
    if not set(a.stems).isdisjoint(b.stems):
        return True
    for x, y in ((a, b), (b, a)):
        for short in x.words:
            if 0 < len(short) <= 2 and any(len(long) > len(short) and short[0][0] == long[0][0] for long in y.words):
                return True
    return any(-3 < s2 - e1 < 4 or -3 < s1 - e2 < 4 for s1, e1 in a.spans for s2, e2 in b.spans)


def find_pairs(names: Sequence[Name]) -> tuple[list[tuple[int, int]], Features]:
    """Pairs of names (numbers in ``names``) that may be of one thing, with their features [pairs, COLUMNS]."""
    pairs = [(i, j) for (i, a), (j, b) in combinations(enumerate(names[:MOST_NAMES]), 2) if _comparable(a, b)]
    rows = np.array([pair_features(names[i], names[j]) for i, j in pairs], np.float32)
    return pairs, rows.reshape(-1, COLUMNS)
