"""Texts → numbered pieces of words with their features: what goes into the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from kg.extract.words import Words, split_words

LENGTH = 512
"""The most pieces that the network reads at once, its two marks included."""
OVERLAP = 128
"""Pieces that neighbouring windows of a longer text share."""
CLS, SEP = 101, 102
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

    @classmethod
    def read(cls, file: Path) -> Vocabulary:
        """Read ``file``, a ``tokenizer.json``."""
        return cls(Tokenizer.from_file(str(file)))

    def encode(self, text: str, title_end: int, lexicon: Callable[[Sequence[str]], list[int]]) -> Encoded:
        """Words and windows of ``text``, whose first ``title_end`` code points are the title."""
        words = split_words(text)
        encoding = self.tokenizer.encode(words.surfaces, is_pretokenized=True, add_special_tokens=False)
        pieces_of: list[list[int]] = [[] for _ in words.surfaces]
        for piece, word in zip(encoding.ids, encoding.word_ids, strict=True):
            if word is not None:
                pieces_of[word].append(piece)
        windows = list(_windows(words, pieces_of, title_end))
        return Encoded(words, lexicon(words.surfaces), windows)


def _windows(words: Words, pieces_of: list[list[int]], title_end: int) -> Iterator[Window]:
    unknown = 100
    start, room = 0, LENGTH - 2
    while start < len(words):
        pieces, features, first_piece, word = [CLS], [(0, 0, 0)], [], start
        while word < len(words):
            own = (pieces_of[word] or [unknown])[:16]
            if len(pieces) - 1 + len(own) > room:
                break
            first_piece.append(len(pieces))
            pieces += own
            features += [(words.shapes[word], words.glue[word], int(words.starts[word] < title_end))] * len(own)
            word += 1
        yield Window(
            np.array([*pieces, SEP], np.int64),
            np.array([*features, (0, 0, 0)], np.int64),
            np.array(first_piece, np.int64),
            start,
        )
        if word >= len(words):
            return
        back, kept = word, 0
        while back > start + 1 and kept < OVERLAP:
            back -= 1
            kept += len(pieces_of[back])
        start = back
