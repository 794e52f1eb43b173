"""Cuts a question into items: names of the graph, words with a sense, numbers with bounds, dates, and the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kg.ask.dates import find_period
from kg.ask.intent import Comparison, Period
from kg.ask.names import MAX_TOKENS, Match, NameIndex
from kg.ask.text import Word, plain_question, question_words
from kg.ask.vocabulary import Vocabulary

_TITLE_TOKENS = 60
_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)([a-z%]*)$")


class Bound(NamedTuple):
    """A bound on a number, as it was said."""

    comparison: Comparison
    number: float
    unit: str


@dataclass
class Item:
    """A piece of a question.

    ``kind`` is "name", "number", "threshold", "period", "word" or "unknown"; ``senses`` are those of a word, and
    ``first``/``last`` the positions of its first and last token.
    """

    kind: str
    text: str
    first: int
    last: int
    senses: dict[str, Any] = field(default_factory=dict)
    match: Match | None = None
    value: Any = None

    def sense(self, kind: str) -> Any:
        """The word's sense of a kind, or None."""
        return self.senses.get(kind)


class Scanner:
    """Cuts questions with one vocabulary and one index of names."""

    def __init__(self, vocabulary: Vocabulary, index: NameIndex, today: date) -> None:
        self._vocabulary, self._index, self._today = vocabulary, index, today
        self._prefer_names = False

    def scan(self, question: str, *, prefer_names: bool = False) -> tuple[list[Item], list[str]]:
        """The items of a question in order, and notes on what was read otherwise than it is written.

        Args:
            question: as it was typed.
            prefer_names: read as a name what is a word of questions too ("score", "performance").
        """
        self._prefer_names = prefer_names
        text = plain_question(question)
        words = question_words(text)
        quoted = [match.span() for match in re.finditer(r'"([^"]+)"', text)]
        items: list[Item] = []
        notes: list[str] = []
        at = 0
        while at < len(words):
            item = (
                self._quoted(text, words, at, quoted)
                or self._shortened(text, words, at, notes)
                or self._best(text, words, at)
                or self._misspelt_name(text, words, at, notes)
                or self._misspelt(words, at, notes)
                or Item("unknown", words[at].text, at, at)
            )
            items.append(item)
            at = item.last + 1
        return self._join_unknown(text, words, items), notes

    def _quoted(self, text: str, words: list[Word], at: int, quoted: list[tuple[int, int]]) -> Item | None:
        for start, end in quoted:
            if start < words[at].start < end:
                last = max(i for i, word in enumerate(words) if word.end <= end)
                match = self._index.exact([w.text for w in words[at : last + 1] if w.is_name])
                surface = text[words[at].start : words[last].end]
                return Item("name" if match else "unknown", surface, at, last, match=match, value="quoted")
        return None

    def _shortened(self, text: str, words: list[Word], at: int, notes: list[str]) -> Item | None:
        """A name of several words that are cut short; of several such names none is taken."""
        for size in (4, 3, 2):
            span = words[at : at + size]
            if len(span) < size or any((word.text.lower(),) in self._vocabulary.phrases for word in span):
                continue
            candidates = self._index.shortened([word.text for word in span])
            if not candidates or self._index.exact([word.text for word in span]):
                continue
            surface = text[span[0].start : span[-1].end]
            last = at + size - 1
            if len({entry.name for entry in candidates}) > 1:
                return Item("unknown", surface, at, last, value=candidates)
            notes.append(f"Read {surface!r} as {candidates[0].name}.")
            entries = {entry.label: [e for e in candidates if e.label == entry.label] for entry in candidates}
            return Item("name", surface, at, last, match=Match(entries, "shortened"))
        return None

    def _best(self, text: str, words: list[Word], at: int) -> Item | None:
        """The longest reading that starts here; a bound goes before a name, a word before a name of the same length."""
        name, phrase = self._name(text, words, at), self._phrase(words, at)
        if phrase and (inner := self._name_inside(text, words, phrase)):
            # "is Best-of-N": no phrase takes the beginning of a name.
            phrase = self._phrase(words[:inner], at)
        bound = self._threshold(words, at) or self._period(words, at)
        if bound and (name is None or bound.last > name.last):
            return bound
        if phrase and (inner := self._cue_inside(words, phrase)):
            phrase = self._phrase(words[:inner], at)
        if phrase and phrase.last > at and self._opens_with_noun(words, at):
            phrase = self._phrase(words[: at + 1], at)
        if name and phrase and (name.last > phrase.last or (name.last == phrase.last and self._is_name(name, phrase))):
            return name
        return phrase or name or self._number(words, at)

    def _opens_with_noun(self, words: list[Word], at: int) -> bool:
        """Whether a noun that may be a verb opens a question: "works on X", but not "who works on X"."""
        alone = self._vocabulary.phrases.get((words[at].text.lower(),), {})
        longer = self._phrase(words, at)
        if "target" not in alone or longer is None or not longer.sense("cue") or longer.sense("target"):
            return False
        earlier = [word.text.lower() for word in words[:at]]
        while earlier and set(self._vocabulary.phrases.get((earlier[-1],), ())) == {"stop"}:
            earlier.pop()
        before = earlier[-1] if earlier else "list"
        return before not in ("what", "who") and "asking" in self._vocabulary.phrases.get((before,), {})

    def _is_name(self, name: Item, phrase: Item) -> bool:
        """Whether what is both a name and a word of questions is the name."""
        return _looks_like_name(name.text) or (self._prefer_names and not phrase.sense("stop"))

    def _name(self, text: str, words: list[Word], at: int) -> Item | None:
        if not words[at].is_name:
            return None
        for size in range(min(_TITLE_TOKENS, len(words) - at), 0, -1):
            if not words[at + size - 1].is_name:
                continue
            match = self._index.exact([w.text for w in words[at : at + size] if w.is_name])
            if match and size <= 3:
                # A title of few words is a name of a paper only where nothing else has it.
                match = replace(
                    match, entries={k: v for k, v in match.entries.items() if k != "Paper"} or match.entries
                )
            if match and (size <= MAX_TOKENS or "Paper" in match.entries):
                last = at + size - 1
                return Item("name", text[words[at].start : words[last].end], at, last, match=match)
        return None

    def _name_inside(self, text: str, words: list[Word], phrase: Item) -> int | None:
        """Where a name starts in a phrase and goes on after it."""
        for start in range(phrase.first + 1, phrase.last + 1):
            name = self._name(text, words, start)
            if name and name.last > phrase.last:
                return start
        return None

    def _cue_inside(self, words: list[Word], phrase: Item) -> int | None:
        """Where words that join a name start in a phrase and go on after it: "what is better" + "than"."""
        for start in range(phrase.first + 1, phrase.last + 1):
            inner = self._phrase(words, start)
            if inner and inner.last > phrase.last and inner.sense("cue") and not phrase.sense("cue"):
                return start
        return None

    def _phrase(self, words: list[Word], at: int) -> Item | None:
        for size in range(min(self._vocabulary.longest, len(words) - at), 0, -1):
            key = tuple(word.text.lower() for word in words[at : at + size])
            if senses := self._vocabulary.phrases.get(key):
                return Item("word", " ".join(key), at, at + size - 1, senses)
        return None

    def _number(self, words: list[Word], at: int) -> Item | None:
        text = words[at].text.lower()
        if text in self._vocabulary.numbers:
            return Item("number", text, at, at, value=self._vocabulary.numbers[text])
        return Item("number", text, at, at, value=int(text)) if text.isdecimal() and len(text) < 4 else None

    def _quantity(self, words: list[Word], at: int) -> tuple[float, str, int] | None:
        """A number with its unit, and the position after it."""
        if at >= len(words) or not (match := _NUMBER.match(words[at].text.lower())):
            return None
        units = self._vocabulary.units
        number, unit, end = float(match[1]), match[2], at + 1
        if unit:
            return (number, units[unit,], end) if (unit,) in units else None
        for size in (2, 1):
            key = tuple(word.text.lower() for word in words[end : end + size])
            if len(key) == size and key in units:
                return number, units[key], end + size
        return number, "", end

    def _threshold(self, words: list[Word], at: int) -> Item | None:
        """A bound such as "above 90%", "at least 2x", "90 or more", "between 80 and 90"."""
        lower = [word.text.lower() for word in words]
        found, end = self._range(words, lower, at)
        if found:
            return Item("threshold", " ".join(lower[at:end]), at, end - 1, value=tuple(found))
        for size in (4, 3, 2, 1):
            operator = self._vocabulary.comparators.get(tuple(lower[at : at + size]))
            quantity = self._quantity(words, at + size) if operator else None
            if operator and quantity and not _is_year(words[at + size].text, quantity[1], lower[at]):
                found, end = [Bound(operator, quantity[0], quantity[1])], quantity[2]
                break
        if not found and (quantity := self._quantity(words, at)):
            for size in (2, 1):
                operator = self._vocabulary.comparators_after.get(tuple(lower[quantity[2] : quantity[2] + size]))
                if operator:
                    found, end = [Bound(operator, *quantity[:2])], quantity[2] + size
                    break
        if not found:
            return None
        return Item("threshold", " ".join(lower[at:end]), at, end - 1, value=tuple(found))

    def _range(self, words: list[Word], lower: list[str], at: int) -> tuple[list[Bound], int]:
        """The bounds of "between 80 and 90", "from 80 to 90%", "80 to 90", and the position after them."""
        opened = lower[at] in ("between", "from")
        start = at + opened
        low = self._quantity(words, start)
        high = self._quantity(words, low[2] + 1) if low and low[2] < len(words) else None
        if not low or not high or lower[low[2]] not in (("and", "to") if opened else ("to",)):
            return [], at
        if _is_year(words[start].text, low[1], lower[at]):
            return [], at
        unit = low[1] or high[1]
        return [Bound(">=", low[0], unit), Bound("<=", high[0], unit)], high[2]

    def _period(self, words: list[Word], at: int) -> Item | None:
        found = find_period([word.text.lower() for word in words], at, self._vocabulary, self._today)
        if found is None:
            return None
        period, end = found
        return Item("period", " ".join(w.text for w in words[at:end]), at, end - 1, value=period)

    def _misspelt_name(self, text: str, words: list[Word], at: int, notes: list[str]) -> Item | None:
        """A name with a letter wrong that starts here; the longest one."""
        for size in range(min(MAX_TOKENS, len(words) - at), 0, -1):
            if not (words[at].is_name and words[at + size - 1].is_name):
                continue
            match = self._index.typo([w.text for w in words[at : at + size] if w.is_name])
            if match:
                surface = text[words[at].start : words[at + size - 1].end]
                names = sorted({entry.name for entries in match.entries.values() for entry in entries})
                notes.append(f"Read {surface!r} as {' or '.join(names)}.")
                return Item("name", surface, at, at + size - 1, match=match)
        return None

    def _misspelt(self, words: list[Word], at: int, notes: list[str]) -> Item | None:
        """A function word with a letter wrong; what looks like a name is left to the names."""
        text = words[at].text
        if len(text) < 4 or not text.isalpha() or not (text.islower() or (at == 0 and text[1:].islower())):
            return None
        allowed = 2 if len(text) >= 8 else 1
        near = process.extract(text.lower(), self._vocabulary.words, scorer=OSA.distance, score_cutoff=allowed, limit=9)
        # The first letter of a mistyped word is right, or swapped with the second: "inference" is no "reference".
        near = [hit for hit in near if hit[0][0] == text[0].lower() or sorted(hit[0][:2]) == sorted(text[:2].lower())]
        if not near:
            return None
        best = min(near, key=lambda hit: (hit[1], hit[0][0] != text[0].lower(), hit[0]))[0]
        notes.append(f"Read {text!r} as {best!r}.")
        # The corrected word may open a phrase of several words.
        corrected = [*words[:at], Word(best, words[at].start, words[at].end), *words[at + 1 :]]
        return self._phrase(corrected, at)

    def _join_unknown(self, text: str, words: list[Word], items: list[Item]) -> list[Item]:
        """Joins unknown tokens that stand together."""
        result: list[Item] = []
        for item in items:
            before = result[-1] if result else None
            if before and self._belongs_together(before, item):
                surface = text[words[before.first].start : words[item.last].end]
                result[-1] = Item("unknown", surface, before.first, item.last, value=before.value)
            else:
                result.append(item)
        return result

    @staticmethod
    def _belongs_together(before: Item, item: Item) -> bool:
        """Whether two neighbours are one unknown name: "LLaMA 9000B" is no LLaMA."""
        kinds = {before.kind, item.kind}
        if kinds == {"unknown"}:
            return True
        if kinds == {"unknown", "number"}:
            return _looks_like_name((before if before.kind == "unknown" else item).text) or before.kind == "unknown"
        if kinds != {"unknown", "name"}:
            return False
        return _looks_like_name((item if item.kind == "unknown" else before).text)


def _looks_like_name(text: str) -> bool:
    """A capital or a digit beyond what a sentence needs."""
    return any(c.isdigit() for c in text) or any(c.isupper() for c in text)


def _is_year(text: str, unit: str, before: str) -> bool:
    """Whether a bare number is a year rather than a score: "from 2024", but "above 2000 tokens"."""
    return not unit and re.fullmatch(r"(?:19|20)\d\d", text) is not None and before not in {">", "<", ">=", "<=", "="}


__all__ = ["Item", "Period", "Scanner"]
