"""What stands in a list: parallel lists of names and numbers, and names that share their beginning.

"79.8, 97.3 and 71.5 on AIME 2024, MATH-500 and GPQA": each number belongs to the name at its place in the other list.
"LLaMA-2 7B and 13B": the second name is short for LLaMA-2 13B.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.resolve.names import ENDINGS

Offsets = tuple[int, int]

_JOINT = re.compile(r"\s*(?:,|/|;|and|or|&|,\s*and|,\s*or|,\s*respectively,?\s*and)\s*", re.IGNORECASE)
_UNIT = r"(?:\\?%|\s?(?:points?|pp|x|×|\$\\times\$))?"
_ENDINGS = [re.compile(rf"(?:{ending})(?![A-Za-z0-9-])") for ending in ENDINGS]
_FIRST = re.compile(rf"(.*?[A-Za-z0-9)][ -])({'|'.join(ENDINGS)})(?=\s*(?:,|/|&|and\b|or\b)\s*\d|$)")
_AND_MORE = re.compile(r"\s*(?:,\s*and|,\s*or|,|/|&|and|or)\s*(?=\d)")


def runs(text: str, spans: Sequence[Offsets]) -> list[list[int]]:
    """Numbers of the spans (in order of the text) that stand in one list, for each list of two or more."""
    found: list[list[int]] = []
    for number, (start, _) in enumerate(spans):
        if found and found[-1][-1] == number - 1:
            before = spans[number - 1][1]
            if re.fullmatch(_UNIT + _JOINT.pattern, text[before:start], re.IGNORECASE):
                found[-1].append(number)
                continue
        found.append([number])
    return [run for run in found if len(run) > 1]


def parallel(
    text: str, sentences: Sequence[Offsets], values: Sequence[Offsets], names: Sequence[Offsets]
) -> dict[int, int]:
    """Which name belongs to which value, by number, where a list of values meets one list as long of names.

    Args:
        text: the whole text.
        sentences: its sentences; both lists stand in one of them.
        values: the places of measured numbers, in order.
        names: the places of the names that the values may belong to (all of one type), in order.
    """
    matched: dict[int, int] = {}
    lists = runs(text, names)
    for run in runs(text, values):
        sentence = next(((s, e) for s, e in sentences if s <= values[run[0]][0] < e), None)
        if sentence is None:
            continue
        beside = [r for r in lists if sentence[0] <= names[r[0]][0] and names[r[-1]][1] <= sentence[1]]
        if len(beside) == 1 and len(beside[0]) == len(run):
            matched |= dict(zip(run, beside[0], strict=True))
    return matched


def share_out(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The names of a mention [start, end) that goes on in a list: where each stands, and the whole of it.

    "LLaMA-2 7B and 13B" are LLaMA-2 7B and LLaMA-2 13B, whether the mention ends with the first size or the last. Only
    sizes, years and resolutions are shared out so: a number of another kind may be anything.
    """
    first = _FIRST.match(text[start:end])
    if first is None:
        yield start, end, text[start:end]
        return
    stem, ending = first[1], first[2]
    kind = next(kind for kind in _ENDINGS if kind.fullmatch(ending))
    at = start + first.end()
    yield start, at, text[start:at]
    while (joint := _AND_MORE.match(text, at)) is not None:
        further = kind.match(text, joint.end())
        if further is None:
            break
        at = further.end()
        yield further.start(), at, stem + further[0]
