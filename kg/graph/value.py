r"""What a result's value says as a number and a unit.

``value`` is verbatim text of a paper: ``83.6``, ``+4.2``, ``$2.3\times$``, ``2.25times``, ``12.5\%``, ``20-50%``,
``from 9.5% to 82.8%``, ``0.51 +/- 0.06``, ``\$1.2 million``, ``1,200x``, ``17 of 20``, ``10^{-3}``.

The number is the one that the text states first, with two exceptions that follow from what is said:

* a change, ``from X to Y`` or ``X -> Y``, counts as what was reached, ``Y``;
* words and signs of scale are multiplied in: ``455k`` is 455000, ``8.59 million USD`` is 8590000.

A range such as ``20-50%`` therefore counts as its first end, which is the least that it claims. A spread
(``+/- 0.06``, ``[0.4, 0.6]`` after a number) is left out. ``17 of 20`` and ``1.68/3`` keep their whole as the unit.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Value:
    """A number, or None where the text states none, and its normalised unit (empty for a bare number)."""

    number: float | None
    unit: str


_LATEX = (
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\(?:mathbf|mathrm|textbf|textit|text|bm|boldsymbol|mathit|it|bf)\b\s*"), ""),
    (re.compile(r"\\(?:times|cdot)(?![a-z])"), "×"),
    (re.compile(r"\\pm(?![a-z])"), "±"),
    (re.compile(r"\\(?:rightarrow|to)(?![a-z])|→|⟶|=>"), "->"),
    (re.compile(r"\^?\{?\\circ(?![a-z])\}?|\^\{?∘\}?"), "°"),
    (re.compile(r"\\(?:mu)(?![a-z])"), "µ"),
    (re.compile(r"\\(?:sim|approx|leq?|geq?|gtrsim|lesssim|simeq)(?=[^a-z]|$)|\\?(?:up|down)arrow"), " "),
    (re.compile(r"\\[,;:! ]|\\quad|~|≈|≥|≤|∼|(?<![-=])[<>](?=\s*[\d.$])"), " "),
    (re.compile(r"\\([%#&_])"), r"\1"),
    (re.compile(r"\\[()\[\]]"), ""),
)
_SCALES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_WORDS = {
    "half": "0.5", "twice": "2x", "double": "2x", "doubled": "2x", "doubles": "2x", "doubling": "2x",
    "thrice": "3x", "triple": "3x", "tripled": "3x", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
}  # fmt: skip
_WORD = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(_WORDS)})(?=fold|[^A-Za-z]|$)", re.IGNORECASE)

_NUMBER = re.compile(
    r"(?P<sign>(?<![\w.%)\]}°×])[-+−±](?:\s?\$)?\s?)?"
    r"(?:(?<![A-Za-z_\d.^])|(?<=sub-)|(?<=sub))"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?P<exponent>[eE][-+−]?\d+(?![\w.]))?"
    r"(?P<power>\s*\^\s*\{?\s*[-−]?\d+\s*\}?|\s*×\s*10\s*\^\s*\{?\s*[-−]?\d+\s*\}?)?"
    r"(?:(?P<letter>[kKMB])(?![A-Za-z])|\s*(?P<scale>thousand|million|billion|trillion)(?![A-Za-z]))?"
)
_CURRENCY = re.compile(r"\\\$\s*(?=[-+−]?[\d.])|(?<![\d}%])\$(?=[-+−]?\.?\d)")
_ORDINAL = re.compile(r"^(?:st|nd|rd|th)\b\s*")
_JOINT = re.compile(r"^[\s,;:/&~(\[-]*(?:to|and|or|vs\.?|versus|up to|over|±|\+/?-?|-\+|-+|–|—|/|->)?[\s(\[\\]*$")
_CHANGE = re.compile(r"->|\bfrom\b.*\bto\b", re.IGNORECASE | re.DOTALL)
_OF = re.compile(r"^(?:st|nd|rd|th)?\s*(?:out\s+of|of|/)\s*$")

_UNITS = {
    "%": "%", "percent": "%", "per cent": "%", "percentage": "%",
    "x": "x", "×": "x", "times": "x", "time": "x", "fold": "x", "folds": "x",
    "point": "points", "points": "points", "pp": "points", "p.p": "points", "pts": "points", "pt": "points",
    "second": "s", "seconds": "s", "sec": "s", "secs": "s", "s": "s",
    "millisecond": "ms", "milliseconds": "ms", "msec": "ms", "ms": "ms",
    "microsecond": "µs", "microseconds": "µs", "us": "µs", "μs": "µs", "µs": "µs",
    "minute": "min", "minutes": "min", "mins": "min", "min": "min",
    "hour": "h", "hours": "h", "hr": "h", "hrs": "h", "h": "h", "day": "days", "days": "days",
    "fps": "FPS", "frame/s": "FPS", "frames/s": "FPS", "db": "dB",
    "tokens/s": "tokens/s", "token/s": "tokens/s", "tok/s": "tokens/s", "toks/s": "tokens/s", "tps": "tokens/s",
    "gb": "GB", "mb": "MB", "kb": "KB", "tb": "TB", "gib": "GiB", "mib": "MiB",
    "gigabytes": "GB", "megabytes": "MB",
    "degree": "°", "degrees": "°", "deg": "°", "°": "°",
    "usd": "USD", "dollars": "USD", "dollar": "USD", "us dollars": "USD",
    "order of magnitude": "orders of magnitude", "orders of magnitude": "orders of magnitude",
}  # fmt: skip
"""Spellings in lower case, and what each becomes. A unit that is not here is kept as the text has it."""

_POINTS = re.compile(r"(?:^|.*[\s-])(?:points?|pp|p\.p|pts?)$", re.IGNORECASE | re.DOTALL)
_ORDER = re.compile(r"(?<![A-Za-z])[Oo]\(|mathcal")


def parse_value(value: str) -> Value:
    """The number and the unit of a result's verbatim value; never fails (see the module for what is chosen)."""
    text, currency = _clean(value)
    found = [] if _ORDER.search(value) else list(_NUMBER.finditer(text))
    if not found:
        return Value(None, "")
    tails = [
        text[match.end() : found[i + 1].start() if i + 1 < len(found) else len(text)] for i, match in enumerate(found)
    ]
    chosen = len(found) - 1 if len(found) > 1 and _CHANGE.search(text) else 0
    number = _number(found[chosen])
    if not math.isfinite(number):
        return Value(None, "")
    if len(found) == 2 and chosen == 0 and _is_part_of_whole(found, tails):
        return Value(number, f"/{found[1].group('digits').replace(',', '')}")
    unit = ""
    for tail in tails[chosen:]:
        unit = _unit(tail)
        if unit or not _JOINT.match(tail):
            break
    if currency:
        unit = f"USD{unit[unit.index('/') :]}" if "/" in unit else "USD"
    return Value(number, unit)


def _clean(value: str) -> tuple[str, bool]:
    """The text without LaTeX, and whether it states a sum of money with a dollar sign."""
    text = value.strip()
    dollars = len(re.findall(r"(?<!\\)\$", text))
    money = len(_CURRENCY.findall(text))
    currency = "\\$" in text or (money > 0 and money == dollars) or re.match(r"(?:USD|US\$)", text) is not None
    for pattern, by in _LATEX:
        text = pattern.sub(by, text)
    text = (
        re.sub(r"[{}](?![^{}]*\^)|\\?\$|\\(?=[a-z])", _brace, text) if "^" in text else re.sub(r"\\?\$|[{}]", "", text)
    )
    text = re.sub(r"(?<=\d)\s*\[[^\]]*\]", " ", text)
    text = re.sub(r"^\s*[x×]\s?(?=\d)(.*)$", r"\1x", text, flags=re.DOTALL)
    return _WORD.sub(lambda word: _WORDS[word.group().lower()], text), currency


def _brace(match: re.Match[str]) -> str:
    """Braces stay where a power may need them; dollar signs and stray backslashes go."""
    return match.group() if match.group() in "{}" else ""


def _number(match: re.Match[str]) -> float:
    digits = match.group("digits").replace(",", "")
    number = float(digits + (match.group("exponent") or "").replace("−", "-"))
    if power := match.group("power"):
        exponent = int(re.findall(r"[-−]?\d+", power)[-1].replace("−", "-"))
        try:
            number = number * 10.0**exponent if "×" in power else number**exponent
        except (OverflowError, ZeroDivisionError):
            return math.inf
    number *= _SCALES.get(match.group("letter") or match.group("scale") or "", 1.0)
    sign = (match.group("sign") or "").replace("$", "").strip()
    return -number if sign in {"-", "−"} else number


def _is_part_of_whole(found: list[re.Match[str]], tails: list[str]) -> bool:
    """``17 of 20``, ``7th out of 35`` and ``1.68/3``; but ``76.3/80.1`` states two scores."""
    if not _OF.match(tails[0]):
        return False
    whole = found[1].group("digits")
    return "/" not in tails[0] or (whole.isdigit() and _number(found[0]) <= float(whole) and not _unit(tails[1]))


def _unit(tail: str) -> str:
    text = " ".join(_ORDINAL.sub("", re.sub(r"\([^)]*\)?|[()\[\]{}\\+]", " ", tail)).split())
    text = re.sub(r"\s*(?:\bto\b|\band\b|\bor\b|\bbut\b|,|±|\+/?-|-+|–|—|->|/)*$", "", text.strip(" -,;:.±"))
    if not text:
        return ""
    if _POINTS.match(text):
        return "points"
    first = _UNITS.get(re.split(r"\s", text, maxsplit=1)[0].lower(), "")
    if first in {"%", "x"}:  # what follows tells of what: "2x faster", "40% fewer tokens"
        return first
    text = re.sub(r"(?:^|\s+)per\s+|\s*/\s*", "/", text)
    joined = "/".join(_UNITS.get(part.strip().lower(), part.strip()) for part in text.split("/"))
    return _UNITS.get(joined.lower(), joined)
