"""The part of the graph that a few changed papers touch: what it is now, and what must be done to the stored one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, cast

from kg.derive.families import called, families, rename
from kg.derive.index import Index, edge_key, edge_text, node_key, node_text
from kg.derive.names import Names
from kg.graph import (
    Delta,
    Graph,
    GraphBuilder,
    NodeKey,
    Said,
    difference,
    entity_properties,
    variant_properties,
)
from kg.resolve import Decisions, relabel
from kg.store.part import Region, first_mentions, read_part

if TYPE_CHECKING:
    from kg.journal import Journal
    from kg.store import Store


class TooMuchError(Exception):
    """So much changed that the graph is made anew sooner."""


class Increment:
    """From a graph with its index to the graph after a change.

    Only papers that changed, papers in which an entity is another thing now, and papers that state a relation which
    one of these states are read again.

    Args:
        journal: the records as they are now.
        index: of the graph that is stored; with a transaction open.
        store: the graph.
    """

    def __init__(self, journal: Journal, index: Index, store: Store) -> None:
        self._journal, self._index, self._store, self._registry = journal, index, store, index.registry

    def delta(self, papers: Collection[str], before: Decisions, after: Decisions, most: int) -> Delta:
        """What must be done to the stored graph; brings the index up to date.

        Args:
            papers: the ids of all papers whose records may be other ones now.
            before: the decisions that the index was made with.
            after: those that hold now.
            most: how many papers are read again at most.

        Raises:
            TooMuchError: it would be more.
        """
        loose = self._journal.records(resolved=False, of=papers)
        changed = set(papers) | Names(self._index, self._registry, before, after).update(papers, loose)
        if len(changed) > most:
            raise TooMuchError
        region = Region(papers=changed)
        self._touch(region)
        self._forget(changed)
        builder = GraphBuilder()
        self._read(builder, changed, new=True)
        self._touch(region)
        said = self._index.said(region.entities)
        names = {node: each.name if each.joined else None for node, each in said.items()}
        renamed, region.variants = rename(self._index, self._registry, names)
        region.variants |= region.entities
        region.results = self._papers("SELECT paper FROM said WHERE node IN :given", map(node_text, renamed)) - changed
        others = self._papers("SELECT paper FROM stated WHERE edge IN :given", map(edge_text, region.relations))
        again = (others | region.results) - changed
        if len(changed) + len(again) > most:
            raise TooMuchError
        self._read(builder, again, new=False)
        new = self._part(builder, region, said)
        self._add_variants(new, region)
        return difference(read_part(self._store, region), new)

    def _papers(self, query: str, given: Iterable[str]) -> set[str]:
        return self._index.column(query, list(given))

    def _touch(self, region: Region) -> None:
        """Adds what the papers of a region say by the index, which is before or after what they say changes."""
        nodes = self._index.column("SELECT node FROM said WHERE paper IN :given", region.papers)
        edges = self._index.column("SELECT edge FROM stated WHERE paper IN :given", region.papers)
        region.entities.update(map(node_key, nodes))
        region.relations.update(map(edge_key, edges))

    def _forget(self, papers: Collection[str]) -> None:
        for table in ("said", "stated"):
            self._index.write(f"DELETE FROM {table} WHERE paper = ?", ((paper,) for paper in papers))  # noqa: S608

    def _read(self, builder: GraphBuilder, papers: Collection[str], *, new: bool) -> None:
        """Adds the records of papers to a builder, and if they are ``new`` also what they say to the index."""
        for resolved in (True, False):
            for record in self._journal.records(resolved=resolved, of=papers):
                ours = record if resolved else relabel(record, self._index.things(record.id))
                contribution = builder.add(ours)
                if new:
                    self._index.add_contribution(contribution)

    def _part(self, builder: GraphBuilder, region: Region, said: dict[NodeKey, Said]) -> Graph:
        """The region as it is now, without the families; ``said`` is what all papers say of its entities."""
        others = called(self._index, builder.said.keys() - said.keys())
        builder.said.update(said)
        builder.said.update((node, Said(names=Counter({name: 1}))) for node, name in others.items())
        read = builder.graph()
        part = Graph()
        papers = {("Paper", paper) for paper in region.papers}
        results = {
            target
            for kind, source, target in read.edges
            if kind == "HAS_RESULT" and (source in papers or source[1] in region.results)
        }
        part.nodes.update((node, read.nodes[node]) for node in (papers & read.nodes.keys()) | results)
        part.nodes.update((node, entity_properties(node[1], each)) for node, each in said.items() if each.joined)
        for edge, properties in read.edges.items():
            _, source, target = edge
            if source in papers or source in results or target in results or edge in region.relations:
                part.edges[edge] = properties
        return part

    def _add_variants(self, part: Graph, region: Region) -> None:
        """Adds the edges to families; what papers outside of the region show is as it is stored."""
        found = families(self._index, region.variants)
        shown = first_mentions(self._store, found)
        for node in found:
            for paper in region.papers:
                shown[node].pop(paper, None)
        for (kind, (_, paper), node), properties in part.edges.items():
            if kind == "MENTIONS" and node in found:
                shown[node][paper] = cast(list[str], properties["sentences"])[0]
        for node, (family, confidence) in found.items():
            if shown[node]:
                part.edges["VARIANT_OF", node, family] = variant_properties(confidence, shown[node])
