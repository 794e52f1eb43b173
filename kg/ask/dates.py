"""Reads spans of time in questions: "since 2024", "in March 2025", "between 2023 and 2025", "last 6 months"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from kg.ask.intent import Period
from kg.ask.vocabulary import Vocabulary

_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def find_period(words: list[str], at: int, vocabulary: Vocabulary, today: date) -> tuple[Period, int] | None:
    """The span of time that is named from token ``at`` on, and the position after it."""
    for kind in ("between", "from_to"):
        for key in vocabulary.time[kind]:
            found = _pair(words, at, key, vocabulary)
            if found:
                return found
    found = _relative(words, at, vocabulary, today)
    if found:
        return found
    for kind in ("since", "after", "before", "until", "during"):
        for key in sorted(vocabulary.time[kind], key=len, reverse=True):
            if tuple(words[at : at + len(key)]) != key:
                continue
            dated = _date(words, at + len(key), vocabulary)
            if dated:
                first, following, end = dated
                return _bounded(kind, first, following), end
    bare = _date(words, at, vocabulary)
    return (Period(since=bare[0], until=bare[1]), bare[2]) if bare else None


def _bounded(kind: str, first: str, following: str) -> Period:
    if kind == "since":
        return Period(since=first)
    if kind == "after":
        return Period(since=following)
    if kind == "before":
        return Period(until=first)
    return Period(until=following) if kind == "until" else Period(since=first, until=following)


def _pair(words: list[str], at: int, key: tuple[str, ...], vocabulary: Vocabulary) -> tuple[Period, int] | None:
    if tuple(words[at : at + len(key)]) != key:
        return None
    low = _date(words, at + len(key), vocabulary)
    if not low:
        return None
    for joiner in vocabulary.time["joiner"]:
        if joiner and tuple(words[low[2] : low[2] + len(joiner)]) == joiner:
            high = _date(words, low[2] + len(joiner), vocabulary)
            if high:
                return Period(since=low[0], until=high[1]), high[2]
    return None


def _date(words: list[str], at: int, vocabulary: Vocabulary) -> tuple[str, str, int] | None:
    """A year, a month of a year or a day at ``at``: its ISO beginning, that of the time after it, the next position."""
    if at >= len(words):
        return None
    month = vocabulary.months.get(words[at])
    if month and at + 1 < len(words) and _year(words[at + 1]):
        return *_month(int(words[at + 1]), month), at + 2
    if not _year(words[at]):
        return None
    year = int(words[at])
    if at + 1 < len(words) and re.fullmatch(r"0[1-9]|1[0-2]", words[at + 1]):
        month = int(words[at + 1])
        if at + 2 < len(words) and re.fullmatch(r"[0-3]\d", words[at + 2]):
            try:
                day = date(year, month, int(words[at + 2]))
            except ValueError:
                return None
            return day.isoformat(), (day + timedelta(days=1)).isoformat(), at + 3
        return *_month(year, month), at + 2
    return str(year), str(year + 1), at + 1


def _year(word: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d", word) is not None


def _month(year: int, month: int) -> tuple[str, str]:
    following = f"{year + 1}-01" if month == 12 else f"{year}-{month + 1:02}"
    return f"{year}-{month:02}", following


def _relative(words: list[str], at: int, vocabulary: Vocabulary, today: date) -> tuple[Period, int] | None:
    """Reads "this year", "last month", "in the last 6 months": counted back from today."""
    for key in sorted(vocabulary.time["this"], key=len, reverse=True):
        if tuple(words[at : at + len(key)]) == key and words[at + len(key) : at + len(key) + 1] in (
            ["year"],
            ["month"],
        ):
            length = 4 if words[at + len(key)] == "year" else 7
            return Period(since=today.isoformat()[:length]), at + len(key) + 1
    for key in sorted(vocabulary.time["last"], key=len, reverse=True):
        if tuple(words[at : at + len(key)]) != key:
            continue
        after = at + len(key)
        count, unit_at = 1, after
        if after < len(words) and (words[after].isdecimal() or words[after] in vocabulary.numbers):
            count = int(words[after]) if words[after].isdecimal() else vocabulary.numbers[words[after]]
            unit_at = after + 1
        unit = words[unit_at].removesuffix("s") if unit_at < len(words) else ""
        if unit not in _DAYS or count > 10000:
            continue
        if unit == "year" and unit_at == after and len(key) == 1:
            return Period(since=str(today.year - 1), until=str(today.year)), unit_at + 1
        return Period(since=(today - timedelta(days=count * _DAYS[unit])).isoformat()), unit_at + 1
    return None
