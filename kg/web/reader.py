"""What the page knows of a graph: one open store, its names, and the texts that evidence is shown in."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from kg.ask import Asker, NameSearch
from kg.errors import KgError
from kg.schema import NODE_LABELS, EntityType
from kg.store.base import Store

ENTITIES = tuple(str(kind) for kind in EntityType)
ANY_ENTITY = "|".join(ENTITIES)
_KEPT = 64
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mention in a text: offsets, and the node that it names."""

    start: int
    end: int
    label: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class PaperText:
    """A paper's text with its mentions, by position."""

    id: str
    title: str
    abstract: str
    published: str | None
    marks: tuple[Mark, ...]

    @property
    def text(self) -> str:
        """The text that the marks point into."""
        return f"{self.title}\n{self.abstract}"


class Reader:
    """Reads one store for the page.

    Args:
        store: an open store; it is only read.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.asker = Asker(store)
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def rows(self, cypher: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """The rows of a query, by column."""
        return iter(self.store.run(cypher, parameters))

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, or gave for the same ``key`` not long ago; nobody may change it."""
        try:
            found: T = self._kept.pop(key)
        except KeyError:
            found = make()
        self._kept[key] = found  # the last that will be forgotten
        while len(self._kept) > _KEPT:
            with contextlib.suppress(KeyError):  # another thread was quicker
                self._kept.popitem(last=False)
        return found

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """Nodes by label and edges by type."""
        return self.store.counts()

    @property
    def names(self) -> NameSearch:
        """Search over the names of papers and entities."""
        return self.asker.index.search

    @cached_property
    def published(self) -> dict[str, str]:
        """The date of every paper that has one."""
        query = "MATCH (p:Paper) WHERE p.published IS NOT NULL RETURN p.id AS id, p.published AS published"
        return {row["id"]: row["published"] for row in self.rows(query)}

    def node(self, label: str, identifier: str) -> dict[str, Any] | None:
        """The properties of a node, or None where there is none."""
        if label not in NODE_LABELS:
            return None
        names = ", ".join(f"n.`{name}` AS `{name}`" for name in NODE_LABELS[label].properties)
        return next(self.rows(f"MATCH (n:{label} {{id: $id}}) RETURN {names}", id=identifier), None)

    def texts(self, papers: Iterable[str]) -> dict[str, PaperText]:
        """The texts of papers with their mentions marked, by id."""
        ids = list(dict.fromkeys(papers))
        if not ids:
            return {}
        marks: dict[str, list[Mark]] = {}
        # Ladybug finds nodes by a list of ids through its index, but not the edges of nodes that it found so.
        query = (
            f"MATCH (p:Paper)-[e:MENTIONS]->(n:{ANY_ENTITY}) WHERE p.id IN $ids "
            "RETURN p.id AS paper, labels(n) AS label, n.id AS id, n.name AS name, "
            "e.`papers` AS papers, e.`starts` AS begins, e.`ends` AS stops"
        )
        for row in self.rows(query, ids=ids):
            spans = zip(row["begins"] or (), row["stops"] or (), strict=True)
            marks.setdefault(row["paper"], []).extend(
                Mark(start, end, label_of(row["label"]), row["id"], row["name"]) for start, end in spans
            )
        query = (
            "UNWIND $ids AS wanted MATCH (p:Paper {id: wanted}) "
            "RETURN p.id AS id, p.title AS title, p.abstract AS abstract, p.published AS published"
        )
        return {
            row["id"]: PaperText(
                row["id"], row["title"], row["abstract"] or "", row["published"],
                tuple(sorted(marks.get(row["id"], ()), key=lambda mark: (mark.start, -mark.end))),
            )
            for row in self.rows(query, ids=ids)
        }  # fmt: skip

    def papers_by_title(self, titles: Iterable[str]) -> dict[str, str]:
        """The id of the first paper of each title."""
        ids = {title: self.asker.index.ids("Paper", title) for title in dict.fromkeys(titles)}
        return {title: min(found) for title, found in ids.items() if found}

    def spoken_of(self, limit: int) -> dict[tuple[str, str], Counter[str]]:
        """The methods and models that most dated papers mention, most first, with how many of each month do."""
        return self.kept(("spoken of", limit), lambda: self._spoken_of(limit))

    def _spoken_of(self, limit: int) -> dict[tuple[str, str], Counter[str]]:
        query = (
            "MATCH (p:Paper)-[:MENTIONS]->(m:Method|Model) WHERE p.published IS NOT NULL "
            "RETURN labels(m) AS label, m.id AS id, count(*) AS papers ORDER BY papers DESC, id LIMIT $limit"
        )
        found: dict[tuple[str, str], Counter[str]] = {}
        for row in self.rows(query, limit=limit):
            label = label_of(row["label"])
            by_month = (
                f"MATCH (p:Paper)-[:MENTIONS]->(m:{label} {{id: $id}}) WHERE p.published IS NOT NULL "
                "RETURN left(p.published, 7) AS month, count(*) AS papers"
            )
            found[label, row["id"]] = Counter({r["month"]: r["papers"] for r in self.rows(by_month, id=row["id"])})
        return found


def label_of(labels: str | list[str]) -> str:
    """The label of the schema among what ``labels(n)`` gives: a text in Ladybug, a list in Neo4j."""
    if isinstance(labels, str):
        return labels
    return next(label for label in labels if label in NODE_LABELS)


class Library:
    """The reader of a graph as it is now: a graph that was built anew is opened anew.

    Args:
        open_store: opens the store.
        version: tells apart one state of the graph from the next; an ``OSError`` means that nothing is known.
    """

    def __init__(self, open_store: Callable[[], Store], version: Callable[[], Hashable] = lambda: None) -> None:
        self._open_store, self._version = open_store, version
        self._lock = threading.Lock()
        self._reader: Reader | None = None
        self._read: Hashable = None

    def reader(self) -> Reader:
        """The reader of the newest graph.

        Raises:
            KgError: there is no graph to open.
        """
        with self._lock:
            try:
                version = self._version()
            except OSError:
                version = self._read
            if self._reader is None or version != self._read:
                try:
                    self._reader = Reader(self._open_store())
                except KgError:
                    if self._reader is None:
                        raise  # Else the graph as it was is better than none.
                self._read = version
            return self._reader
