"""What a build did."""

from __future__ import annotations

from dataclasses import dataclass

Counts = dict[str, dict[str, int]]
"""``{"nodes": {label: how many}, "edges": {type: how many}}``."""


@dataclass(frozen=True)
class BuildReport:
    """What a build did.

    ``read`` papers were read; of the ``papers`` now in the journal, ``new`` came with this build and ``waiting`` are
    not extracted yet because the build was stopped. ``counts`` are those of the graph.
    """

    read: int
    new: int
    papers: int
    waiting: int
    counts: Counts

    def __str__(self) -> str:
        nodes, edges = (sum(self.counts[kind].values()) for kind in ("nodes", "edges"))
        said = (
            f"{self.read} papers read, {self.new} of them new; "
            f"{self.papers - self.waiting} papers in the graph, {nodes} nodes, {edges} edges"
        )
        if self.waiting:
            said += f"; {self.waiting} papers are still to be read into it: run the same command again to go on"
        return said
