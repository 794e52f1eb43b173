"""Sentences of a title and an abstract, by rules: abstracts are short, and their full stops follow few patterns."""

from __future__ import annotations

import re

_ABBREVIATIONS = (
    "e.g", "i.e", "etc", "vs", "cf", "al", "fig", "figs", "eq", "eqs", "sec", "no", "resp", "approx", "w.r.t", "i.i.d",
    "a.k.a", "ca", "dr", "prof", "inc", "vol", "tab", "st",
)  # fmt: skip
_END = re.compile(r"([.!?])([\"'”’)\]}]*)(\s+|$)")
_LAST_WORD = re.compile(r"[^\s(\[{]+$")


def split_sentences(text: str, title_end: int) -> list[tuple[int, int]]:
    """Spans [start, end) of the sentences of ``text``, blanks around them left out.

    The title, ``text[:title_end]``, is one sentence whatever its punctuation. A full stop ends a sentence unless an
    abbreviation or an initial stands before it or a small letter follows; so do ``!`` and ``?``.
    """
    spans = [(0, title_end)]
    start = title_end
    for match in _END.finditer(text, title_end):
        after = text[match.end() : match.end() + 1]
        if match[1] == "." and after:
            word = _LAST_WORD.search(text, max(start, match.start() - 24), match.start())
            last = word.group().casefold() if word else ""
            if last in _ABBREVIATIONS and (last != "al" or after.islower() or after in "([{"):
                continue
            if len(last) == 1 and last.isalpha() and text[match.start() - 1].isupper() and after.isupper():
                previous = text[max(start, match.start() - 3) : match.start() - 1]
                if previous.endswith(". ") or previous.endswith("."):
                    continue
        if after.islower() and not match[3].count("\n"):
            continue
        spans.append((start, match.start() + 1 + len(match[2])))
        start = match.end()
    spans.append((start, len(text)))
    trimmed = []
    for begin, end in spans:
        body = text[begin:end]
        left = len(body) - len(body.lstrip())
        right = len(body.rstrip())
        if left < right:
            trimmed.append((begin + left, begin + right))
    return trimmed
