"""Completion over the names and aliases of a graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process


@dataclass(frozen=True, slots=True)
class Named:
    """A node that can be found by name; ``papers`` says how many mention it."""

    label: str
    id: str
    name: str
    papers: int


@dataclass(frozen=True, slots=True)
class Match:
    """A node found; ``alias`` is the spelling that was met where that is not its name."""

    node: Named
    alias: str | None


class Completion:
    """Finds nodes by a part of a name.

    Args:
        nodes: each with all of its spellings.
    """

    def __init__(self, nodes: Iterable[tuple[Named, Sequence[str]]]) -> None:
        self._spellings: list[tuple[str, str, Named]] = []
        for node, aliases in nodes:
            for spelling in dict.fromkeys((node.name, *aliases)):
                self._spellings.append((spelling.casefold(), spelling, node))

    def find(self, text: str, limit: int, labels: Sequence[str] = ()) -> list[Match]:
        """The nodes with ``text`` in a spelling: the whole first, then beginnings, then words; or the nearest ones."""
        wanted = " ".join(text.casefold().split())
        if not wanted:
            return []
        best: dict[tuple[str, str], tuple[int, int, str, str, Named]] = {}
        for folded, spelling, node in self._spellings:
            at = folded.find(wanted)
            if at < 0 or (labels and node.label not in labels):
                continue
            rank = 0 if folded == wanted else 1 if at == 0 else 2 if not folded[at - 1].isalnum() else 3
            found = (rank, -node.papers, node.name, spelling, node)
            key = (node.label, node.id)
            if key not in best or (rank, spelling != node.name) < (best[key][0], best[key][3] != node.name):
                best[key] = found
        ordered = sorted(best.values(), key=lambda found: (*found[:3], found[4].label, found[4].id))
        return [Match(node, None if spelling == node.name else spelling) for *_, spelling, node in ordered[:limit]]

    def nearest(self, text: str, limit: int) -> list[Match]:
        """Nodes whose spelling is near to a text that none contains."""
        folded = [spelling[0] for spelling in self._spellings]
        near = process.extract(text.casefold(), folded, limit=limit * 3, score_cutoff=70)
        found: dict[tuple[str, str], Match] = {}
        for _, _, position in near:
            _, spelling, node = self._spellings[position]
            found.setdefault((node.label, node.id), Match(node, None if spelling == node.name else spelling))
        return list(found.values())[:limit]
