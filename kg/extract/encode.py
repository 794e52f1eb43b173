"""Texts → numbered pieces of words with their features: what goes into the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from kg.extract.words import Words

LENGTH = 512
"""The most pieces that the network reads at once, its two marks included."""
OVERLAP = 128
"""Pieces that neighbouring windows of a longer text share."""
LONGEST = 16
"""Pieces that the network sees of one word."""
MOST_KNOWN = 1 << 16
"""Words whose pieces are kept."""
CLS, SEP, UNKNOWN = 101, 102, 100
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Window:
    """Part of a text that the network reads at once.

    ``pieces`` [L], ``features`` [L, 3] (shape, glue, title), ``first_piece`` [W] where each word begins,
    ``first_word`` the number of the window's first word.
    """

    pieces: Ints
    features: Ints
    first_piece: Ints
    first_word: int


@dataclass(frozen=True)
class Encoded:
    """A text in words and windows; ``lexicon`` has one tag a word."""

    words: Words
    lexicon: list[int]
    windows: list[Window]


class Vocabulary:
    """The wordpieces of the encoder (Wu et al., 2016), read from a ``tokenizer.json``."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self.tokenizer = tokenizer
        self.known: dict[str, list[int]] = {}

    @classmethod
    def read(cls, file: Path) -> Vocabulary:
        """Read ``file``, a ``tokenizer.json``."""
        return cls(Tokenizer.from_file(str(file)))

    def encode(self, words: Words, title_end: int, lexicon: Callable[[Sequence[str]], list[int]]) -> Encoded:
        """Windows of the ``words`` of a text, whose first ``title_end`` code points are the title."""
        windows = list(_windows(words, self._pieces(words.surfaces), title_end))
        return Encoded(words, lexicon(words.surfaces), windows)

    def _pieces(self, surfaces: Sequence[str]) -> list[list[int]]:
        """The pieces of each word, which do not depend on the words around it."""
        known = self.known
        new = [word for word in dict.fromkeys(surfaces) if word not in known]
        if new:
            if len(known) > MOST_KNOWN:
                known.clear()
                new = list(dict.fromkeys(surfaces))
            encoding = self.tokenizer.encode(new, is_pretokenized=True, add_special_tokens=False)
            known.update((word, []) for word in new)
            for piece, number in zip(encoding.ids, encoding.word_ids, strict=True):
                if number is not None and len(known[new[number]]) < LONGEST:
                    known[new[number]].append(piece)
            for word in new:
                known[word] = known[word] or [UNKNOWN]
        return [known[word] for word in surfaces]


def _windows(words: Words, pieces_of: list[list[int]], title_end: int) -> Iterator[Window]:
    counts = np.array([len(own) for own in pieces_of], np.int64)
    of_words = np.array([words.shapes, words.glue, [start < title_end for start in words.starts]], np.int64).T
    begins = np.concatenate([[0], counts.cumsum()])
    start, room = 0, LENGTH - 2
    while start < len(words):
        end = int(np.searchsorted(begins, begins[start] + room, side="right")) - 1
        own = counts[start:end]
        features = np.repeat(of_words[start:end], own, axis=0)
        yield Window(
            np.array([CLS, *chain.from_iterable(pieces_of[start:end]), SEP], np.int64),
            np.pad(features, ((1, 1), (0, 0))),
            begins[start:end] - begins[start] + 1,
            start,
        )
        if end >= len(words):
            return
        # The first word from which the next window shares enough pieces with this one.
        back = int(np.searchsorted(begins, begins[end] - OVERLAP, side="right")) - 1
        start = max(back, start + 1)
