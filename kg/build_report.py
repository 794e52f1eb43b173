"""What a build did."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import InputError

if TYPE_CHECKING:
    from kg.schema import Paper

_log = logging.getLogger(__name__)

Counts = dict[str, dict[str, int]]
"""``{"nodes": {label: how many}, "edges": {type: how many}}``."""


@dataclass
class Broken:
    """Takes what is wrong with inputs, tells it, and counts it; counts too the papers of which only the title is known.

    ``records`` were left out; ``titles`` were read that have no abstract.
    """

    records: int = 0
    titles: int = 0

    def __call__(self, error: InputError) -> None:
        """Takes an error of ``kg.corpus.read_papers``."""
        self.records += 1
        _log.warning("skipped: %s", error)

    def counted(self, papers: Iterable[Paper]) -> Iterator[Paper]:
        """The same papers."""
        for paper in papers:
            self.titles += not paper.abstract.strip()
            yield paper


@dataclass(frozen=True)
class BuildReport:
    """What a build did.

    ``read`` papers were read, ``titles`` of them without an abstract, and ``broken`` records were left out; of the
    ``papers`` now in the journal, ``new`` came with this build and ``waiting`` are not extracted yet because the build
    was stopped. ``counts`` are those of the graph.
    """

    read: int
    new: int
    papers: int
    waiting: int
    counts: Counts
    broken: int = 0
    titles: int = 0

    def __str__(self) -> str:
        nodes, edges = (sum(self.counts[kind].values()) for kind in ("nodes", "edges"))
        said = (
            f"{self.read} papers read, {self.new} of them new; "
            f"{self.papers - self.waiting} papers in the graph, {nodes} nodes, {edges} edges"
        )
        if self.titles:
            said += f"; {self.titles} of the papers read have no abstract"
        if self.broken:
            said += f"; {self.broken} broken records skipped"
        if self.waiting:
            said += f"; {self.waiting} papers are still to be read into it: run the same command again to go on"
        return said
