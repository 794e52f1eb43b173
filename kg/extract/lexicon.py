"""A lexicon of the field as a feature of words: where a known name stands in a text, and of which type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.schema import EntityType

LEXICON_TAGS = ("none", *(f"{part}-{t}" for t in EntityType for part in "BI"), "B-several", "I-several")
"""The values of the feature; ``several`` marks a name of two types or more."""

_NUMBER = {tag: i for i, tag in enumerate(LEXICON_TAGS)}
_IGNORED = frozenset("-–—‐_ ")


@dataclass(frozen=True)
class Lexicon:
    """Names (case-folded words without hyphens) → type."""

    types: dict[tuple[str, ...], str]

    @classmethod
    def of(cls, names: Iterable[tuple[str, EntityType]], words_of: Callable[[str], Sequence[str]]) -> Lexicon:
        """Build from names and types; a name that is one small letter or digit is left out."""
        types: dict[tuple[str, ...], str] = {}
        for name, kind in names:
            key = tuple(w.casefold() for w in words_of(name) if w not in _IGNORED)
            if key and not (len(key) == 1 and len(key[0]) < 2):
                known = types.get(key)
                types[key] = str(kind) if known in (None, str(kind)) else "several"
        return cls(types)

    @cached_property
    def _beginnings(self) -> frozenset[tuple[str, ...]]:
        """What a longer name may begin with."""
        return frozenset(words[:end] for words in self.types for end in range(1, len(words)))

    @cached_property
    def _first(self) -> frozenset[str]:
        """The words that a match may begin with."""
        return frozenset(form for words in self.types for form in (words[0], f"{words[0]}s"))

    def to_json(self) -> dict[str, str]:
        """Names, their words apart by blanks, and types."""
        return {" ".join(words): kind for words, kind in sorted(self.types.items())}

    @classmethod
    def from_json(cls, names: Mapping[str, str]) -> Lexicon:
        """The inverse of ``to_json``."""
        return cls({tuple(words.split(" ")): kind for words, kind in names.items()})

    def tag(self, words: Sequence[str]) -> list[int]:
        """The number in ``LEXICON_TAGS`` of each word; longest match first, plurals match."""
        output = [0] * len(words)
        folded = [w.casefold() for w in words]
        i = 0
        while i < len(words):
            match = self._match(folded, i) if folded[i] in self._first else None
            if match is None:
                i += 1
                continue
            end, kind = match
            output[i:end] = [_NUMBER[f"I-{kind}"]] * (end - i)
            output[i] = _NUMBER[f"B-{kind}"]
            i = end
        return output

    def _match(self, words: Sequence[str], start: int) -> tuple[int, str] | None:
        key: list[str] = []
        found = None
        for end in range(start, len(words)):
            if words[end] in _IGNORED:
                if not key:
                    return None
                continue
            key.append(words[end])
            kind = self.types.get(tuple(key))
            if kind is None and key[-1].endswith("s"):
                kind = self.types.get((*key[:-1], key[-1][:-1]))
            if kind is not None:
                found = end + 1, kind
            if tuple(key) not in self._beginnings:
                break
        return found
