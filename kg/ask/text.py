"""The written form of names and questions: tokens, normal forms, singulars."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_LATEX = re.compile(r"\\(?:text|math)[a-z]*\s*\{([^{}]*)\}|\\([A-Za-z]+)")
_DROPPED = re.compile(r"[\\${}^_~]")
_TOKEN = re.compile(r"\d+(?:\.\d+)+|[^\W_]+|\+")
_GREEK = re.compile("[α-ωΑ-Ω]")


@lru_cache(maxsize=4096)
def _greek(letter: str) -> str:
    """The name that LaTeX gives a Greek letter: π → pi."""
    return unicodedata.name(letter).rsplit(" ", 1)[-1].lower()


def plain(text: str) -> str:
    """The text without LaTeX and accents, Greek letters spelled out; case and separators stay."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if not unicodedata.combining(c))
        text = _GREEK.sub(lambda match: _greek(match[0]), text)
    if "\\" in text or "$" in text or "{" in text:
        text = _LATEX.sub(lambda match: match[1] if match[1] is not None else match[2], text)
        text = _DROPPED.sub("", text)
    return text


def tokens_of(text: str) -> list[str]:
    """The words and numbers of a name; "MATH-500" and "math 500" have the same ones once they are joined."""
    return _TOKEN.findall(plain(text))


def singular(word: str) -> str:
    """The word without its plural ending."""
    lower = word.casefold()
    if len(lower) > 4 and lower.endswith("ies"):
        return lower[:-3] + "y"
    if len(lower) > 4 and lower.endswith(("sses", "shes", "ches", "xes")):
        return lower[:-2]
    acronym = len(word) == 3 and word[:-1].isupper() and word.endswith("s")
    if (len(lower) > 3 or acronym) and lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
        return lower[:-1]
    return lower


def normal_form(tokens: Sequence[str]) -> str:
    """The key under which a name is kept. Only the last word can be a plural, and only if it is a word."""
    *first, last = tokens
    joined = "".join(first).casefold() + (singular(last) if last.isalpha() else last.casefold())
    return joined.replace(".", "").replace("isation", "ization").replace("modelling", "modeling")


def family_tokens(text: str) -> tuple[str, ...]:
    """The tokens of a name with letters and numbers apart, so that LLaMA3, LLaMA-3 and LLaMA 3 begin alike."""
    parts = re.findall(r"\d+(?:\.\d+)*|[^\W\d_]+|\+", plain(text).casefold())
    return tuple(singular(part) if part.isalpha() and len(part) > 4 else part for part in parts)


_WORD = re.compile(r"\d+(?:\.\d+)+|[^\W_]+(?:'t\b)?|[<>]=|[+&%<>=≥≤]")
_CONTRACTION = re.compile(r"\b(what|who|how|where|that|it|which)'s\b", re.IGNORECASE)

_RANGE = re.compile(r"(?<![\w.-])(\d+(?:\.\d+)?)\s?[-–]\s?(\d+(?:\.\d+)?)(?=%|x?(?:[\s?,]|$))")


def _between(match: re.Match[str]) -> str:
    """A range in words; 2024-03 is a month."""
    low, high = match.groups()
    is_month = len(low) == 4 and len(high) < 4
    return match[0] if is_month or float(low) >= float(high) else f"between {low} and {high}"


_SHORT = {"'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would"}


def words_of(text: str) -> list[str]:
    """The words of a phrase in lower case, as a question's words are compared with them."""
    return [word.text.lower() for word in question_words(text)]


class Word(NamedTuple):
    """A token of a question: its text and where it stands in the plain question."""

    text: str
    start: int
    end: int

    @property
    def is_name(self) -> bool:
        """Whether it can be part of a name; operators cannot."""
        return self.text == "+" or self.text[0].isalnum()


def question_words(text: str) -> list[Word]:
    """The tokens of a question that is plain already."""
    return [Word(match[0], *match.span()) for match in _WORD.finditer(text)]


def plain_question(text: str) -> str:
    """The question without LaTeX, accents, typographic quotes, contractions and possessives."""
    text = plain(
        text.replace("’", "'")
        .replace("“", '"')
        .replace("”", '"')
        .replace("‘", "'")
        .replace("≥", ">=")
        .replace("≤", "<=")
    )
    text = _RANGE.sub(_between, text)
    text = _CONTRACTION.sub(r"\1 is", text)
    for short, long in _SHORT.items():
        text = re.sub(rf"(?<=\w){short}\b", f" {long}", text)
    return re.sub(r"(?<=\w)'(?:s\b|(?=\s|$|[?.,]))", " ", text)
