"""Names that are phrases: their words, their generic heads, and the order of their words."""

from __future__ import annotations

import re

from kg.resolve.names import singular
from kg.schema import EntityType

_WORD = re.compile(r"[^\W_]+")
_PLAIN = re.compile(r"[a-z]+(?:[ -][a-z]+)+")
_ARTICLES = frozenset({"a", "an", "the"})
_FUNCTION_WORDS = _ARTICLES | {"of", "for", "and", "in", "on", "to", "with", "from", "by", "based"}
_TRIVIAL = _FUNCTION_WORDS | {"model", "method"}
_GENERIC_HEADS = frozenset(
    {
        "algorithm", "approach", "architecture", "benchmark", "dataset", "framework", "leaderboard", "mechanism",
        "method", "metric", "model", "module", "network", "strategy", "system", "task", "technique",
    }
)  # fmt: skip
_STATES = frozenset({"learning", "reasoning", "training", "understanding", "planning"})
"""Gerunds that are a thing of their own at the head of a phrase: learning dynamics is not dynamics learning."""


def stems(surface: str) -> frozenset[str]:
    """The beginnings of the words of a name, so that endings do not count."""
    return frozenset(w[:5] for w in _WORD.findall(surface.casefold()) if w not in _TRIVIAL)


_HEADS = frozenset(head[:5] for head in _GENERIC_HEADS)


def content(surface: str) -> frozenset[str]:
    """The stems of a name without generic heads (an attention mechanism is attention), if any are left."""
    return stems(surface) - _HEADS or stems(surface)


def agreement(left: str, right: str) -> float:
    """The share of words that two names have in common, 0 to 1."""
    words, others = stems(left), stems(right)
    return len(words & others) / (len(words | others) or 1)


def without_generic_head(surface: str) -> str | None:
    """The name without a last word such as "model" or "algorithm"; None if it has none."""
    rest, _, last = surface.rpartition(" ")
    return rest if rest and singular(last.lower()) in _GENERIC_HEADS else None


def phrase_key(surface: str, type: EntityType) -> str | None:
    """A key that two orders of the same words share; None for names that are no phrase of plain words.

    ``speed of inference`` and ``inference speed`` share one; so do, for tasks, ``compressing the KV cache`` and ``KV
    cache compression``.
    """
    if _PLAIN.fullmatch(surface.lower()) is None:
        return None
    words = _WORD.findall(surface.lower())
    if "of" in words[1:-1]:
        at = words.index("of")
        words = words[at + 1 :] + words[:at]
    elif type is EntityType.TASK and words[0].endswith("ing") and words[0] not in _STATES:
        if len(words) > 4 or set(words) & (_FUNCTION_WORDS - _ARTICLES):
            return None
        words = words[1:] + words[:1]
    words = [singular(word) for word in words if word not in _ARTICLES]
    if len(words) < 2:
        return None
    return " ".join(words[:-1]) + " " + (_root(words[-1]) if type is EntityType.TASK else words[-1])


def _root(word: str) -> str:
    """What ``compressing`` and ``compression``, ``summarizing`` and ``summarization`` have in common."""
    word = re.sub(r"ization$", "izing", word)
    root = re.sub(r"(?:ing|ion)$", "", word)
    return root if len(root) > 3 else word
