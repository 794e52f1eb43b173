"""Text dumps of Daily Papers pages, as people save them.

Layout A: the header lines, then title and abstract by turns, blank lines between all of them. Layout B: two header
lines, ``Subscribe`` glued to the first title, then title and abstract on alternating lines. The header gives a day
without a year, so the date of a paper stays unknown. Several dumps may stand one after the other in one file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from kg.corpus.format import Format
from kg.corpus.identity import paper_id
from kg.corpus.source import Head, Source
from kg.schema import Paper

_TRENDING = re.compile(r"Get trending papers in your email inbox\b.{0,20}")
_SUBSCRIBE = "Subscribe"
_BYLINE = re.compile(r"by\s*AK and the research community")
_HEADER = (
    re.compile("new"),
    _TRENDING,
    re.compile(_SUBSCRIBE),
    re.compile("Daily Papers"),
    _BYLINE,
    re.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}(?:, \d{4})?"),
)
"""The lines of a header in their order; a dump has some of them, ``_TRENDING`` or ``_BYLINE`` at least."""
_LONGEST_TITLE = 400

_Line = tuple[int, str]


def _recognises(head: Head) -> bool:
    lines = list(enumerate(head.lines, 1))
    return _body_start(lines) > 0


def _body_start(lines: list[_Line]) -> int:
    """The index of the first title, past the header, from which the glued ``Subscribe`` is cut; 0 without a header."""
    step, certain = 0, False
    for index, (number, line) in enumerate(lines):
        if not line:
            continue
        part = next((k for k in range(step, len(_HEADER)) if _HEADER[k].fullmatch(line)), None)
        if part is None:
            glued = line.removeprefix(_SUBSCRIBE)
            if certain and step <= _HEADER.index(_TRENDING) + 1 and glued != line and not glued[0].isspace():
                lines[index] = (number, glued)
            return index if certain else 0
        # The line about the inbox stands twice in layout B; every other line at most once.
        step = part if _HEADER[part] is _TRENDING else part + 1
        certain = certain or _HEADER[part] in (_TRENDING, _BYLINE)
    return len(lines) if certain else 0


def _next_dump(lines: list[_Line]) -> int:
    """The index of the header of a further dump, or the length."""
    for index, (_, line) in enumerate(lines):
        if _TRENDING.fullmatch(line):
            before = next((k for k in range(index - 1, -1, -1) if lines[k][1]), None)
            return before if before is not None and lines[before][1] == "new" else index
    return len(lines)


def _pairs(lines: list[_Line]) -> Iterator[tuple[_Line, str]]:
    texts = [line for line in lines if line[1]]
    touching = sum(bool(a[1] and b[1]) for a, b in pairwise(lines))
    if 2 * touching < len(texts):  # layout A
        for k in range(0, len(texts), 2):
            yield texts[k], texts[k + 1][1] if k + 1 < len(texts) else ""
        return
    rest = iter(lines)
    for line in rest:
        if line[1]:  # here the line after a title is its abstract, even where it is blank
            yield line, next(rest, (0, ""))[1]


def _read(source: Source) -> Iterator[Paper]:
    lines = [(number, line.strip()) for number, line in source.lines()]
    while lines:
        last = lines[-1][0]
        start = _body_start(lines)
        end = start + _next_dump(lines[start:])
        papers = 0
        for (number, title), abstract in _pairs(lines[start:end]):
            if len(title) > _LONGEST_TITLE:
                raise source.error(
                    f"a line of {len(title)} characters stands where a title should, so that titles and abstracts "
                    "are out of step",
                    "see that the abstract before it is one line and that its title is there",
                    number,
                )
            papers += 1
            yield Paper(id=paper_id(title), title=title, abstract=abstract, source=(source.label,))
        if not papers:
            raise source.error("the dump ends after its header", "save the page again, with its papers", last)
        lines = lines[end:]


FORMAT = Format("daily_papers", "a text dump of a Daily Papers page", _recognises, _read)
