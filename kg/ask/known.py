"""Other spellings of known things: what the field calls a thing that the papers of a graph write in another way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from kg.ask.text import normal_form, tokens_of


@lru_cache(maxsize=1)
def _surfaces() -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """For the normal form of each spelling in the registry: label and spellings of what it names.

    Read when a name is met that the graph lacks, since it takes longer than an answer.
    """
    from kg.resolve import load_registry

    found: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for entry in load_registry():
        for key in {normal_form(tokens) for surface in entry.surfaces if (tokens := tokens_of(surface))}:
            found[key].append((str(entry.type), entry.surfaces))
    return found


def other_spellings(tokens: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The things that a spelling names: for each its label and all of its spellings."""
    return _surfaces().get(normal_form(tokens), []) if tokens else []
