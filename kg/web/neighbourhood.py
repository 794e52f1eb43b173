"""What the graph view shows: the nodes around one and around those opened, and the edges between, filtered, ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kg.errors import InputError
from kg.graph.graph import Graph, NodeKey
from kg.schema import EDGE_TYPES, NODE_LABELS
from kg.web.address import Address
from kg.web.reader import Reader, label_of

STEP = 20
"""Neighbours that opening a node shows, and that "more" adds."""
MOST = 300
"""Nodes in a view: beyond, no layout can be read."""
_CANDIDATES = 5000
"""Edges of a node that are ranked."""

LABELS = tuple(label for label in NODE_LABELS if label != "Result")
TYPES = tuple(name for name, kind in EDGE_TYPES.items() if kind.properties)
USUAL_TYPES = tuple(name for name in TYPES if name != "MENTIONS")
LAYOUTS = {"fcose": "Organic", "concentric": "Rings", "breadthfirst": "Tree"}


@dataclass(frozen=True)
class Filters:
    """What is shown: labels and edge types, the least confidence, and dates of the papers that state an edge."""

    labels: tuple[str, ...] = LABELS
    types: tuple[str, ...] = USUAL_TYPES
    confidence: float = 0.0
    since: str = ""
    until: str = ""

    def in_time(self, papers: Sequence[str], published: dict[str, str]) -> bool:
        """Whether one of the papers is of the time asked for."""
        if not (self.since or self.until):
            return True
        dates = (published.get(paper, "") for paper in papers)
        return any(
            day and day >= self.since and (not self.until or day[: len(self.until)] <= self.until) for day in dates
        )


@dataclass(frozen=True)
class State:
    """A graph view as its address says it: /graph/LABEL/ID?open=…&more=…&selected=…&edge=… and the filters."""

    centre: NodeKey
    opened: tuple[NodeKey, ...] = ()
    more: dict[NodeKey, int] = field(default_factory=dict)
    selected: NodeKey | None = None
    edge: tuple[str, NodeKey, NodeKey] | None = None
    filters: Filters = Filters()
    layout: str = "fcose"

    @classmethod
    def parse(cls, address: Address) -> State:
        """The state of an address; what it has that no graph can have is left out."""
        _, label, identifier = address.path
        query = address.query
        opened = tuple(key for key in map(parse_key, query.get("open", ())) if key)
        more = {key: 0 for key in map(parse_key, query.get("more", ())) if key}
        for text in query.get("more", ()):
            if key := parse_key(text):
                more[key] += 1
        edge = next(iter(query.get("edge", ())), "").split("~")
        ends = [parse_key(text) for text in edge[1:]] if len(edge) == 3 and edge[0] in EDGE_TYPES else []
        chosen = Filters(
            tuple(label for label in LABELS if label not in query.get("hide", ())),
            tuple(kind for kind in TYPES if kind in (query.get("edges") or USUAL_TYPES)),
            min(max(address.number("confidence", 0), 0), 1),
            address.first("since")[:10],
            address.first("until")[:10],
        )
        layout = address.first("layout")
        return cls(
            (label, identifier), opened, more, parse_key(address.first("selected")),
            (edge[0], ends[0], ends[1]) if len(ends) == 2 and ends[0] and ends[1] else None,
            chosen, layout if layout in LAYOUTS else "fcose",
        )  # fmt: skip

    def query(self) -> dict[str, list[str] | str]:
        """The query of its address."""
        chosen = self.filters
        return {
            "open": [write_key(key) for key in self.opened],
            "more": [write_key(key) for key, times in self.more.items() for _ in range(times)],
            "selected": write_key(self.selected) if self.selected else "",
            "edge": write_edge(*self.edge) if self.edge else "",
            "hide": [label for label in LABELS if label not in chosen.labels],
            "edges": list(chosen.types) if set(chosen.types) != set(USUAL_TYPES) else [],
            "confidence": f"{chosen.confidence:g}" if chosen.confidence else "",
            "since": chosen.since,
            "until": chosen.until,
            "layout": self.layout if self.layout != "fcose" else "",
        }


def write_key(key: NodeKey) -> str:
    """A node as one text."""
    return f"{key[0]}:{key[1]}"


def write_edge(kind: str, source: NodeKey, target: NodeKey) -> str:
    """An edge as one text."""
    return f"{kind}~{write_key(source)}~{write_key(target)}"


def parse_key(text: str) -> NodeKey | None:
    """A node of ``write_key``, or None where the label is none."""
    label, _, identifier = text.partition(":")
    return (label, identifier) if label in LABELS and identifier else None


@dataclass
class Shown:
    """A part of a graph: name and papers of nodes, confidence and papers of edges, how many neighbours are left out."""

    names: dict[NodeKey, tuple[str, int]] = field(default_factory=dict)
    edges: dict[tuple[str, NodeKey, NodeKey], tuple[float | None, int]] = field(default_factory=dict)
    hidden: dict[NodeKey, int] = field(default_factory=dict)


def shown(reader: Reader, state: State, step: int = STEP) -> Shown:
    """What a state shows; opening a node shows ``step`` neighbours.

    Raises:
        InputError: the centre is not in the graph.
    """
    seen = replace(state, selected=None, edge=None, layout="fcose")
    return reader.kept(("shown", repr(seen), step), lambda: _shown(reader, state, step))


def _shown(reader: Reader, state: State, step: int) -> Shown:
    label, identifier = state.centre
    node = reader.node(label, identifier) if label in LABELS else None
    if node is None:
        raise InputError(f"there is no {label} {identifier!r} in the graph", "search for it by name")
    view = Shown({state.centre: (node["name"], node.get("papers") or 1)})
    for key in dict.fromkeys((state.centre, *state.opened)):
        if key in view.names:  # Opened nodes hang together; one whose neighbour was filtered away is left out.
            _open(view, key, _neighbours(reader, key, state.filters), step * (1 + state.more.get(key, 0)))
    _join(reader, view, state.filters)
    return view


def _open(view: Shown, key: NodeKey, around: list[dict[str, Any]], limit: int) -> None:
    weights: dict[NodeKey, tuple[int, float, int]] = {}
    for row in around:
        n, sure, _ = weights.get(row["key"], (0, 0.0, 0))
        weights[row["key"]] = (n + row["stated"], max(sure, row["confidence"] or 0), row["known"])
    ranked = sorted(weights, key=lambda other: (*(-weight for weight in weights[other]), other))
    kept = set(ranked[:limit])
    room = MOST - len(view.names)
    new = [other for other in ranked[:limit] if other not in view.names][:room]
    view.hidden[key] = len([other for other in ranked if other not in view.names]) - len(new)
    for row in around:
        if row["key"] in kept and (row["key"] in view.names or row["key"] in new):
            view.names.setdefault(row["key"], (row["name"], row["known"]))
            ends = (key, row["key"]) if row["outgoing"] else (row["key"], key)
            view.edges[row["type"], ends[0], ends[1]] = (row["confidence"], row["stated"])


def _neighbours(reader: Reader, key: NodeKey, filters: Filters) -> list[dict[str, Any]]:
    return reader.kept(("around", key, filters), lambda: _around(reader, key, filters))


def _around(reader: Reader, key: NodeKey, filters: Filters) -> list[dict[str, Any]]:
    found = []
    for outgoing in (True, False):
        kinds = [
            kind for kind in filters.types
            if any(pair[0 if outgoing else 1] == key[0] and pair[1 if outgoing else 0] in filters.labels
                   for pair in EDGE_TYPES[kind].pairs)
        ]  # fmt: skip
        if not kinds:
            continue
        edge = f"-[e:{'|'.join(kinds)}]-"
        query = (
            f"MATCH (n:{key[0]} {{id: $id}}){edge + '>' if outgoing else '<' + edge}(m:{'|'.join(filters.labels)}) "
            "WHERE e.`confidence` >= $confidence RETURN labels(m) AS label, m.id AS id, m.name AS name, "
            f"{_KNOWN if set(filters.labels) - {'Paper'} else '1 AS known'}, type(e) AS type, "
            "e.`confidence` AS confidence, e.`papers` AS papers "
            "ORDER BY size(e.`papers`) DESC, confidence DESC, name, id LIMIT $limit"
        )
        for row in reader.rows(query, id=key[1], confidence=filters.confidence, limit=_CANDIDATES):
            if filters.in_time(row["papers"] or (), reader.published):
                other = (label_of(row["label"]), row["id"])
                stated = len(set(row["papers"] or ()))
                found.append(row | {"key": other, "outgoing": outgoing, "stated": stated, "known": row["known"] or 1})
    return found


_KNOWN = "m.`papers` AS known"


def _join(reader: Reader, view: Shown, filters: Filters) -> None:
    """Adds the edges between nodes that are shown for other reasons."""
    labels = {label for label, _ in view.names}
    pairs = [pair for kind in filters.types for pair in EDGE_TYPES[kind].pairs if labels.issuperset(pair)]
    if not pairs:
        return
    # One query, since each looks at all nodes of its labels once.
    sources, targets = (("|".join(sorted({pair[end] for pair in pairs}))) for end in (0, 1))
    query = (
        f"MATCH (a:{sources})-[e:{'|'.join(filters.types)}]->(b:{targets}) "
        "WHERE a.id IN $ids AND b.id IN $ids AND e.`confidence` >= $confidence "
        "RETURN type(e) AS type, labels(a) AS source, a.id AS a, labels(b) AS target, b.id AS b, "
        "e.`confidence` AS confidence, e.`papers` AS papers"
    )
    ids = sorted({identifier for _, identifier in view.names})
    for row in reader.rows(query, ids=ids, confidence=filters.confidence):
        ends = (label_of(row["source"]), row["a"]), (label_of(row["target"]), row["b"])
        if view.names.keys() >= set(ends) and filters.in_time(row["papers"] or (), reader.published):
            edge = (row["type"], *ends)
            view.edges.setdefault(edge, (row["confidence"], len(set(row["papers"] or ()))))


def as_graph(reader: Reader, view: Shown) -> Graph:
    """What is shown with all of its properties, for an export."""
    graph = Graph()
    for label, identifier in view.names:
        node = reader.node(label, identifier) or {}
        graph.nodes[label, identifier] = {name: value for name, value in node.items() if value is not None}
    for kind, source, target in view.edges:
        names = list(EDGE_TYPES[kind].properties)
        wanted = ", ".join(f"e.`{name}` AS `{name}`" for name in names)
        query = f"MATCH (a:{source[0]} {{id: $a}})-[e:`{kind}`]->(b:{target[0]} {{id: $b}}) RETURN {wanted}"
        row = next(reader.rows(query, a=source[1], b=target[1]))
        graph.edges[kind, source, target] = {name: value for name, value in row.items() if value is not None}
    return graph
