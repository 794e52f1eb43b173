r"""Abbreviations and their long forms, as a text itself introduces them.

The algorithm is that of Schwartz & Hearst (2003), "A simple algorithm for identifying abbreviation definitions in
biomedical text": a short form in parentheses is matched from right to left against the words before it, and the first
letter of the short form must begin the long form. It is extended by

* an alignment of least cost instead of the first that fits: a capital of the short form wants the beginning of a word,
  or an inner capital, and a word that gives no letter costs unless it is a function word. So the long form of ``PDO``
  in "dataset Preference Data Optimization (PDO)" begins at "Preference";
* both orders: ``GRPO (Group Relative Policy Optimization)``, ``TTRL: Test-Time Reinforcement Learning`` at the
  beginning of a line, and in running text ``X, short for Y``, ``X stands for Y``;
* nesting: ``reinforcement learning (RL) with verifiable rewards (RLVR)`` defines both;
* plurals: ``large language models (LLMs)``; a generic head after the long form (``Group Relative Policy Optimization
  algorithm (GRPO)``) is left outside; digits that stand for words (``text-to-video (T2V)``, ``Advantage Actor Critic
  (A2C)``); emphasis in LaTeX (``\textbf{G}roup``).

A pair costs microseconds; nothing here is learnt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, order=True)
class Abbreviation:
    """A long form and its short form, as (start, end) offsets into the text."""

    long: Span
    short: Span


_MARKUP = re.compile(
    r"\\(?:textbf|textit|textsc|emph|underline|mathbf|mathrm|mathit|text|bf|it|em|sc)\b\s*|[{}$`*]|''|\\(?=[%&_#])"
)
_SHORT = re.compile(r"[^\W_](?:[^\s,;:()\[\]]{0,18}[^\W_+*])?[+*]{0,2}(?: [^\W_][^\s,;:()\[\]]{0,8})?")
_SHORT_BEFORE = re.compile(r"(?<![\w-])([^\W_][^\s,;:()\[\]]{0,18}[^\W_+]\+{0,2})['\"”’]?\s*$")
_LEAD = re.compile(
    r"\s*(?:(?:hereafter|henceforth|denoted|abbreviated|known|termed|called|named|dubbed|or|i\.e\.,?|a\.?k\.?a\.?|"
    r"simply|short for|for short|as|by)\s+)*[\"'“‘]?",
    re.IGNORECASE,
)
_QUOTES = "\"'“”‘’ "
_TITLE = re.compile(r"^[\"'“]?([^\W_][\w+*.-]{1,18})[\"'”]?\s*(?::|--|—|–| - )\s+(?=\w)", re.MULTILINE)
_STANDS_FOR = re.compile(
    r"(?<![\w-])([^\W_][\w+*.-]{1,18}),?\s+(?:\(?short for|(?:which\s+)?stands for|"
    r"is (?:an?|the) (?:abbreviation|acronym) (?:of|for))\s+[\"'“]?(?:the\s+|an?\s+)?"
)
_OR_SHORT = re.compile(
    r"(?<=\w)[\"'”]?,? (?:or|abbreviated(?: as)?|abbr\.|short|termed|dubbed|denoted(?: as)?|called) [\"'“]?"
    r"([A-Z][\w+*-]{1,18}|[a-z]+[A-Z][\w+*-]*)(?![\w-])"
)
_BREAK = re.compile(r"[.!?;:]\s+|\n")
_WORD = re.compile(r"[^\W_]+")

FUNCTION_WORDS = frozenset(
    {
        "a", "an", "the", "of", "for", "and", "in", "on", "to", "with", "from", "by", "via", "at", "as", "or",
        "using", "through", "is", "based", "into",
    }
)  # fmt: skip
_GENERIC_HEADS = frozenset(
    {
        "model", "method", "framework", "algorithm", "system", "approach", "technique", "dataset", "benchmark",
        "task", "architecture", "module", "strategy", "paradigm", "problem", "library", "pipeline", "process",
        "mechanism",
    }
)  # fmt: skip
"""Heads that are left outside of a long form whose short form has no letter for them."""
_KEPT_HEADS = frozenset(
    {
        "network", "rate", "loss", "function", "policy", "score",
    }
)  # fmt: skip
"""Heads that stay inside even so: GAT is short for graph attention network."""
_DIGIT_WORDS = {"2": ("to", "two", "second", "twin"), "3": ("three", "third"), "4": ("for", "four")}
_NOT_SHORT = re.compile(r"(?:i{1,3}|iv|v|vi{0,3}|e\.?g|i\.?e|cf|fig|figs|ours|left|right|top|bottom)\.?|[\d.,%]+[a-z]?")

_SKIP_FUNCTION, _SKIP_TAIL, _SKIP_WORD = 0.05, 0.3, 1.6
_INNER_SMALL, _INNER_CAPITAL, _ODD_START = 0.15, 0.9, 0.6
_STRANGER = 40.0


@dataclass(frozen=True)
class _Word:
    """A word; ``tail`` says that a hyphen joins it to the word before."""

    text: str
    start: int
    end: int
    tail: bool


@dataclass(frozen=True)
class _Alignment:
    cost: float
    first: int
    last: int


class _Text:
    """A text without markup, with the way back to offsets of the original, and its pairs of brackets."""

    def __init__(self, original: str) -> None:
        self._original = original
        self._offsets: list[int] | None = None
        self.text = original
        if "\\" in original or "{" in original or "*" in original or "`" in original or "$" in original:
            kept: list[int] = []
            end = 0
            for match in _MARKUP.finditer(original):
                kept.extend(range(end, match.start()))
                end = match.end()
            kept.extend(range(end, len(original)))
            if len(kept) < len(original):
                self._offsets = kept
                self.text = "".join(original[i] for i in kept)
        self.brackets = list(self._pairs())

    def span(self, start: int, end: int) -> Span:
        """The offsets into the original; markup that is closed inside is taken in from its beginning."""
        if self._offsets is None:
            return start, end
        first, stop = self._offsets[start], self._offsets[end - 1] + 1
        if self._original.count("}", first, stop) > self._original.count("{", first, stop):
            after = self._offsets[start - 1] + 1 if start else 0
            first = after + len(self._original[after:first]) - len(self._original[after:first].lstrip())
        return first, stop

    def _pairs(self) -> Iterator[Span]:
        stack: list[int] = []
        for match in re.finditer(r"[(\[)\]]", self.text):
            if match[0] in "([":
                stack.append(match.start())
            elif stack:
                yield stack.pop(), match.start()

    def words(self, start: int, end: int) -> list[_Word]:
        """The words between two offsets, without those in brackets that lie wholly between them."""
        inner = [pair for pair in self.brackets if start <= pair[0] and pair[1] < end]
        return [
            _Word(m[0], m.start(), m.end(), m.start() > start and self.text[m.start() - 1] in "-‐‑–/")
            for m in _WORD.finditer(self.text, start, end)
            if not any(a < m.start() < b for a, b in inner)
        ]

    def sentence_start(self, end: int) -> int:
        """Where the clause that ends at ``end`` begins, brackets not counted; at most 250 characters back."""
        low = max(0, end - 250)
        opened = [a for a, b in self.brackets if a < end <= b]
        start = max([low, *(a + 1 for a in opened if a >= low)])
        for match in _BREAK.finditer(self.text, start, end):
            if not any(a < match.start() < b for a, b in self.brackets if b < end):
                start = match.end()
        return start


def find_abbreviations(text: str) -> list[Abbreviation]:
    """The abbreviations that a text defines.

    Args:
        text: a title and an abstract, or any running text.

    Returns:
        Pairs of spans (Unicode code points into ``text``), each once, in the order of the text. The long form is
        trimmed to the words that the short form stands for and contains no outer bracket; both are as written, so in
        the plural if they stand there in the plural.
    """
    source = _Text(text)
    found: set[Abbreviation] = set()
    for opening, closing in source.brackets:
        pair = _in_brackets(source, opening, closing)
        if pair is not None:
            found.add(pair)
    for match in _OR_SHORT.finditer(source.text):
        pair = _preceded(source, match.start(), match.span(1))
        if pair is not None:
            found.add(pair)
    for pattern in (_TITLE, _STANDS_FOR):
        for match in pattern.finditer(source.text):
            pair = _followed(source, match.span(1), match.end())
            if pair is not None:
                found.add(pair)
    return sorted(found, key=lambda pair: (min(pair.long, pair.short), pair))


def explains(long: str, short: str) -> bool:
    """Whether the letters of a short form can be read out of a long form."""
    source = _Text(long)
    words = source.words(0, len(source.text))
    return bool(words) and (
        _align(short, words, trim=True) is not None or _align(short, words, trim=False, whole=True) is not None
    )


def _in_brackets(source: _Text, opening: int, closing: int) -> Abbreviation | None:
    start = opening + 1
    lead = _LEAD.match(source.text, start, closing)
    start = lead.end() if lead else start
    end = min((i for c in ",;=([" if (i := source.text.find(c, start, closing)) >= 0), default=closing)
    content = source.text[start:end].rstrip(_QUOTES)
    end = start + len(content)
    if _is_short(content):
        pair = _preceded(source, opening, (start, end))
        if pair is not None:
            return pair
    before = _SHORT_BEFORE.search(source.text, max(0, opening - 24), opening)
    if before is None or not _is_short(before[1]):
        return None
    # The other order. The brackets may go on after the long form: "GRPO (Group Relative Policy Optimization, 2024)".
    for stop in dict.fromkeys((end, closing)):
        words = source.words(start, stop)
        if 1 < len(words) <= _window(before[1]):
            best = _align(before[1], words, trim=True) or _align(before[1], words, trim=False, whole=True)
            if best is not None and best.first == 0:
                return Abbreviation(_long_span(source, words, best), source.span(*before.span(1)))
    return None


def _preceded(source: _Text, before: int, short: Span) -> Abbreviation | None:
    """A short form with its long form right before the offset ``before``."""
    name = source.text[slice(*short)]
    if not _is_short(name):
        return None
    words = source.words(source.sentence_start(before), before)[-_window(name) :]
    best = _align(name, words, trim=True)
    return None if best is None else Abbreviation(_long_span(source, words, best), source.span(*short))


def _long_span(source: _Text, words: list[_Word], found: _Alignment) -> Span:
    """From the beginning of the compound that the first word belongs to (``Weight-Decomposed ...``: DoRA)."""
    first = found.first
    while first > 0 and words[first].tail and words[first - 1].end + 1 == words[first].start:
        first -= 1
    return source.span(words[first].start, words[found.last].end)


def _followed(source: _Text, short: Span, start: int) -> Abbreviation | None:
    """A short form followed by its long form; where the long form ends has to be found, so only a close fit counts."""
    name = source.text[slice(*short)]
    if not _is_short(name) or sum(c.isalnum() for c in name) < 3:
        return None
    stop = _BREAK.search(source.text, start)
    words = source.words(start, stop.start() if stop else len(source.text))[: _window(name)]
    fits = []
    for count in range(2, len(words) + 1):
        best = _align(name, words[:count], trim=False)
        if best is not None and best.first == 0 and best.cost < 0.5:
            fits.append((best.cost, count))
    if not fits:
        return None
    last = words[min(fits)[1] - 1]
    return Abbreviation(source.span(words[0].start, last.end), source.span(*short))


def _is_short(name: str) -> bool:
    return (
        1 < len(name) <= 24
        and any(c.isupper() for c in name)
        and _SHORT.fullmatch(name) is not None
        and _NOT_SHORT.fullmatch(name) is None
        and (" " not in name or sum(c.isupper() for c in name) > 1)
    )


def _window(short: str) -> int:
    """How many words before the bracket may belong to the long form (Schwartz & Hearst), hyphens dividing words."""
    letters = sum(c.isalnum() for c in short)
    return max(min(letters + 5, letters * 2), 4) + 1


def _spellings(short: str) -> Iterator[str]:
    """The letters to be aligned: without a plural s first, and ``A2C`` as ``AAC``."""
    plain = "".join(c for c in short if c.isalnum())
    if len(plain) > 2 and plain[-1] == "s" and (plain[-2].isupper() or plain[-2].isdigit()):
        yield plain[:-1]
    yield plain
    if len(plain) > 2 and plain[1].isdigit() and plain[1] in "23" and plain[0].isupper() and plain[2:].isupper():
        yield plain[0] * int(plain[1]) + plain[2:]


def _align(short: str, words: list[_Word], *, trim: bool, whole: bool = False) -> _Alignment | None:
    """The alignment of least cost, or None where every one costs too much.

    With ``trim``, one or two generic words at the end of ``words`` may stay outside. With ``whole``, ``words`` is known
    to be the long form, so that its last word need not give a letter.
    """
    best: _Alignment | None = None
    for letters in _spellings(short):
        last = len(words) - 1
        for _ in range(3):
            if last < 0:
                break
            found = _least_cost(letters, words, last, whole)
            if found is not None and (best is None or found.cost < best.cost):
                best = found
            if not trim or words[last].text.lower().removesuffix("s") not in _GENERIC_HEADS:
                break
            last -= 1
    if best is None or (best.first == best.last and not _inside_one_word(short, words[best.first].text)):
        return None
    return best


def _inside_one_word(short: str, word: str) -> bool:
    """One long word may be shortened (``eXtensible``), but a name is not the long form of its own part."""
    return (
        len(word) >= 2 * len(short) and not word.isupper() and short.isupper() and word.casefold() != short.casefold()
    )


def _least_cost(letters: str, words: list[_Word], last: int, whole: bool) -> _Alignment | None:
    lower = letters.lower()
    limit = 0.9 + 0.3 * len(letters)
    # ways[j]: the least cost of aligning letters[j:] with the words right of the current one.
    count = len(letters)
    ways = [_STRANGER] * count + [0.0]
    best: _Alignment | None = None
    for index in range(last, -1, -1):
        word = words[index].text
        skip = _skip_cost(words[index])
        if index == last and skip == _SKIP_WORD and not whole and word.lower().removesuffix("s") not in _KEPT_HEADS:
            skip = _STRANGER
        now = [cost + skip for cost in ways]
        for end in range(count, 0, -1):
            right = ways[end]
            if right > limit:
                continue
            for start, cost in _uses(letters, lower, end, word):
                total = right + cost
                now[start] = min(now[start], total)
                if start == 0 and _begins(word, lower[0]):
                    total += _ODD_START if words[index].tail or word in FUNCTION_WORDS else 0.0
                    if total <= limit and (best is None or total < best.cost):
                        best = _Alignment(total, index, last)
        ways = now
        if min(ways) > limit:
            break
    return best


def _skip_cost(word: _Word) -> float:
    if word.text.lower() in FUNCTION_WORDS:
        return _SKIP_FUNCTION
    return _SKIP_TAIL if word.tail else _SKIP_WORD


def _begins(word: str, letter: str) -> bool:
    low = word.lower()
    return (
        low[0] == letter
        or (letter == "x" and low.startswith("ex"))
        or low in _DIGIT_WORDS.get(letter, ())
        or (word[0].islower() and letter.upper() in word)
    )


def _uses(letters: str, lower: str, end: int, word: str) -> Iterator[tuple[int, float]]:
    """Each beginning of a run of letters that ends at ``end`` and that the word can give, with its cost."""
    low = word.lower()
    if low in _DIGIT_WORDS.get(lower[end - 1], ()):
        yield end - 1, 0.0
        return
    for start in range(end - 1, max(-1, end - 1 - len(word)), -1):
        cost = _run_cost(letters[start:end], lower[start:end], word, low)
        if cost is not None:
            yield start, cost


def _run_cost(run: str, lower: str, word: str, low: str) -> float | None:
    """What it costs to read a run of letters out of one word, in order; None if the word lacks one of them."""
    cost, position = 0.0, 0
    for i, letter in enumerate(lower):
        if i == 0 and (low[0] == letter or (letter == "x" and low.startswith("ex"))):
            position = 1 if low[0] == letter else 2
            continue
        at = low.find(letter, position)
        if at < 0:
            return None
        # An inner capital is a beginning too (AutoEncoder), and so is a digit; a part copied whole costs little.
        capital = word.find(letter.upper(), max(position, 1))
        if capital > 0 and not word.isupper():
            at = capital
        elif i == 0:
            cost += _INNER_CAPITAL + 0.6
        elif at > position:
            cost += _INNER_CAPITAL if run[i].isupper() else _INNER_SMALL
        elif run[i].isupper() and not word.isupper():
            cost += 2 * _INNER_SMALL
        position = at + 1
    return cost
