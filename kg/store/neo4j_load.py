"""What a load sends to Neo4j: rows in transactions, and what pruning deletes.

Several sessions send at once. Nodes of one label, or edges between two labels, are sent by one session, and at no time
do two sessions touch the same label: so no transaction of a load waits for another one's locks.

A transaction is several statements of fewer rows. They are sent without waiting for one another's answers, so that the
server works on one while this process packs the next. A row is a list, not a map: names would be packed and parsed
again with every row. It has a place for every property of the schema, with null where it is not known, so that setting
them also removes what an earlier load knew and this one does not, and leaves alone what others added.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import neo4j

from kg.errors import InputError
from kg.graph.graph import EdgeKey, Graph, NodeKey
from kg.resources import resource
from kg.schema import EDGE_TYPES, NODE_LABELS
from kg.store.base import edge_groups
from kg.store.cypher import statements

MARK = "_kg"
"""The property of every node and edge that this tool wrote; the name of the tool is its value."""
_OWNER = "kg"

_SESSIONS = 3
"""More would seldom find a part to send: most edges leave a paper."""
_STATEMENT = 2_500
"""Rows a statement."""
_LONGEST_ID = 8_000
"""Bytes of an id in UTF-8; Neo4j's indexes hold values of up to 8,167."""

_MADE_MEANWHILE = "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists"
"""What ``IF NOT EXISTS`` gives where another load makes the same at the same time."""

Progress = Callable[[str, int, int], None]
"""Called after each batch with the label or edge type, and how many of how many rows of the whole load are done."""

OpenSession = Callable[[], AbstractContextManager[neo4j.Session]]


def ours(variable: str) -> str:
    """The condition that this tool wrote a node or an edge."""
    return f"WHERE {mark(variable)}"


def mark(variable: str) -> str:
    """What says, or in a SET makes, that this tool wrote a node or an edge."""
    return f"{variable}.{MARK} = '{_OWNER}'"


def merge_node(label: str, value: Callable[[str], str]) -> str:
    """The clauses that merge a node, and give a row for it unless it is of somebody else.

    In that case nothing of the transaction may stand.

    Args:
        label: its label.
        value: the expression for each property.
    """
    assign = assign_node(label, value)
    # Merged on the id alone, as the constraint does.
    return (
        f"MERGE (n:`{label}` {{id: {value('id')}}}) "
        f"ON CREATE SET {mark('n')}, {assign} ON MATCH SET {assign} WITH n {ours('n')}"
    )


def assign_node(label: str, value: Callable[[str], str]) -> str:
    """What sets all properties of a node ``n`` but its id."""
    return _assign("n", [name for name in NODE_LABELS[label].properties if name != "id"], value)


def merge_edge(kind: str, source: str, target: str, value: Callable[[str], str]) -> str:
    """The clauses that merge an edge.

    Args:
        kind: its type.
        source: the label of the node that it leaves.
        target: the label of the node that it enters.
        value: the expression for each property, and for ``from_id`` and ``to_id``.
    """
    names = EDGE_TYPES[kind].properties
    sets = f"SET {_assign('e', names, value)}" if names else ""
    return (
        f"MATCH (a:`{source}` {{id: {value('from_id')}}}) MATCH (b:`{target}` {{id: {value('to_id')}}}) "
        f"MERGE (a)-[e:`{kind}` {{{MARK}: '{_OWNER}'}}]->(b) {sets}"
    )


def count_ours(session: neo4j.Session) -> dict[str, int]:
    """How many nodes of each label this tool wrote."""
    query = "MATCH (n:`{}`) {} RETURN count(*) AS number"
    return {label: session.run(query.format(label, ours("n"))).single(strict=True)["number"] for label in NODE_LABELS}


def others_nodes() -> InputError:
    """The error where nodes of the graph are not there as this tool wrote them."""
    return InputError(
        "the database has nodes of somebody else with ids of this graph, or lost some while it loaded",
        "load into another database, or load again",
    )


def merge_graph(open_session: OpenSession, graph: Graph, batch: int, progress: Progress | None) -> None:
    """Merges nodes and edges, ``batch`` rows a transaction, with the constraints and indexes of ``cypher/schema``.

    Raises:
        InputError: an id that the database cannot index, or that a node of somebody else has.
    """
    _check_ids(graph.nodes)
    load = _Load(open_session, batch, len(graph.nodes) + len(graph.edges), progress)
    with open_session() as session:
        declare(session, "constraints")
        load.send(_node_parts(graph))
        # Filling the index of names from nodes that are there is faster, and goes on while the edges are sent.
        declare(session, "indexes")
        load.send(_edge_parts(graph))
        session.run("CALL db.awaitIndexes(300)").consume()


def delete_absent(session: neo4j.Session, graph: Graph, batch: int) -> tuple[int, int, int]:
    """Deletes what this tool wrote and ``graph`` does not hold.

    Returns:
        How many nodes and edges were deleted, and how many nodes stay because of edges of others.
    """
    edges = sum(_prune_edges(session, graph, edge.name, a, b, batch) for edge, a, b in edge_groups())
    nodes = kept = 0
    for label in NODE_LABELS:
        deleted, left = _prune_nodes(session, graph, label, batch)
        nodes, kept = nodes + deleted, kept + left
    return nodes, edges, kept


def declare(session: neo4j.Session, what: str) -> None:
    """Makes the constraints or the indexes where they are not there."""

    def declare(transaction: neo4j.ManagedTransaction, statement: str) -> None:
        transaction.run(statement).consume()

    for statement in statements((resource("cypher") / "schema" / f"{what}.cypher").read_text("utf-8")):
        try:
            session.execute_write(declare, statement)
        except neo4j.exceptions.ClientError as error:
            if error.code != _MADE_MEANWHILE:
                raise


@dataclass(frozen=True)
class _Part:
    """Nodes of one label, or edges of one type between two labels: what one statement can merge.

    ``row(key)`` gives the row of a node or an edge; ``labels`` are those of the nodes that the statement touches.
    """

    what: str
    labels: frozenset[str]
    query: str
    keys: Sequence[Any]
    row: Callable[[Any], list[Any]]


class _Load:
    """Sends parts, several at once, and counts the rows of the whole load for its progress."""

    def __init__(self, open_session: OpenSession, batch: int, total: int, progress: Progress | None) -> None:
        self._open_session, self._batch, self._total, self._progress = open_session, batch, total, progress
        self._done = 0
        self._counting = threading.Lock()
        self._stopped = threading.Event()

    def send(self, parts: Iterable[_Part]) -> None:
        """Sends all parts, the largest first; after an error no further transaction is begun."""
        waiting = sorted(parts, key=lambda part: -len(part.keys))
        running: dict[Future[None], _Part] = {}
        with ThreadPoolExecutor(_SESSIONS, "load") as pool:
            try:
                while waiting or running:
                    for part in list(waiting):
                        busy = frozenset[str]().union(*(other.labels for other in running.values()))
                        if len(running) < _SESSIONS and not part.labels & busy:
                            waiting.remove(part)
                            running[pool.submit(self._send_part, part)] = part
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        del running[future]
                        future.result()
            finally:
                if waiting or running:
                    self._stopped.set()

    def _send_part(self, part: _Part) -> None:
        with self._open_session() as session:
            is_first = part.what in NODE_LABELS and _has_none(session, part.what)
            query = _create(part.what) if is_first else part.query
            for start in range(0, len(part.keys), self._batch):
                if self._stopped.is_set():
                    return
                keys = part.keys[start : start + self._batch]
                try:
                    session.execute_write(_write, part, query, keys)
                except neo4j.exceptions.ConstraintError:
                    if query == part.query:
                        raise
                    query = part.query  # another load writes the same nodes, or this batch was written unheard
                    session.execute_write(_write, part, query, keys)
                with self._counting:
                    self._done += len(keys)
                    if self._progress is not None:
                        self._progress(part.what, self._done, self._total)


def _node_parts(graph: Graph) -> Iterator[_Part]:
    for label, keys in groupby(sorted(graph.nodes), key=lambda key: key[0]):
        names = [name for name in NODE_LABELS[label].properties if name != "id"]

        def row(key: NodeKey, names: list[str] = names) -> list[Any]:
            properties = graph.nodes[key]
            return [key[1], *(properties.get(name) for name in names)]

        # Only nodes with the mark are counted: the rest are those of others; then nothing of the transaction stands.
        query = f"UNWIND $rows AS row {merge_node(label, _places('id', *names))} RETURN count(*) AS written"
        yield _Part(label, frozenset({label}), query, list(keys), row)


def _edge_parts(graph: Graph) -> Iterator[_Part]:
    """The keys are in the order of their first ends, so that rows that touch one node come together."""

    def group(key: EdgeKey) -> tuple[str, str, str]:
        return key[0], key[1][0], key[2][0]

    ordered = sorted(graph.edges, key=lambda key: (*group(key), key[1][1], key[2][1]))
    for (kind, source, target), keys in groupby(ordered, key=group):
        names = list(EDGE_TYPES[kind].properties)

        def row(key: EdgeKey, names: list[str] = names) -> list[Any]:
            properties = graph.edges[key]
            return [key[1][1], key[2][1], *(properties.get(name) for name in names)]

        merge = merge_edge(kind, source, target, _places("from_id", "to_id", *names))
        query = f"UNWIND $rows AS row {merge} RETURN count(*) AS written"
        yield _Part(kind, frozenset({source, target}), query, list(keys), row)


def _places(*names: str) -> Callable[[str], str]:
    """The expressions for what stands at these places of a row."""
    places = {name: f"row[{place}]" for place, name in enumerate(names)}
    return places.__getitem__


def _assign(variable: str, names: Iterable[str], value: Callable[[str], str]) -> str:
    return ", ".join(f"{variable}.`{name}` = {value(name)}" for name in names)


def _check_ids(nodes: Iterable[NodeKey]) -> None:
    for label, identifier in nodes:
        if len(identifier) * 4 > _LONGEST_ID and (size := len(identifier.encode())) > _LONGEST_ID:
            problem = f"{label} {identifier[:40]!r}… has an id of {size:,} bytes, and Neo4j indexes {_LONGEST_ID:,}"
            raise InputError(problem, "give it a shorter id, or let this tool make the ids: kg build --resolve")


def _create(label: str) -> str:
    """The statement for nodes of a label that the database has no nodes of.

    It takes about half of the server's time that merging takes; the constraint keeps each node from coming twice.
    """
    names = [name for name in NODE_LABELS[label].properties if name != "id"]
    known = ", ".join(f"`{name}`: row[{place}]" for place, name in enumerate(names, 1))
    node = f"(n:`{label}` {{id: row[0], {MARK}: '{_OWNER}', {known}}})"
    return f"UNWIND $rows AS row CREATE {node} RETURN count(*) AS written"


def _has_none(session: neo4j.Session, label: str) -> bool:
    def count(transaction: neo4j.ManagedTransaction) -> int:
        return int(transaction.run(f"MATCH (n:`{label}`) RETURN count(n) AS n").single(strict=True)["n"])

    return session.execute_read(count) == 0


def _write(transaction: neo4j.ManagedTransaction, part: _Part, query: str, keys: Sequence[Any]) -> None:
    results: list[neo4j.Result] = []
    try:
        for start in range(0, len(keys), _STATEMENT):
            results.append(transaction.run(query, rows=[part.row(key) for key in keys[start : start + _STATEMENT]]))
        written = sum(result.single(strict=True)["written"] for result in results)
    except (neo4j.exceptions.Neo4jError, neo4j.exceptions.ResultFailedError) as error:
        # The rollback reads what is left of each result, and would raise that these failed too instead of why: the
        # driver would not try again after a deadlock.
        for result in results:
            with suppress(neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError):
                result.consume()
        if isinstance(error.__cause__, neo4j.exceptions.Neo4jError):
            raise error.__cause__ from None
        raise
    if written != len(keys):
        raise others_nodes()  # here, so that the transaction is rolled back


def _prune_edges(session: neo4j.Session, graph: Graph, kind: str, source: str, target: str, batch: int) -> int:
    pattern = f"(a:`{source}`)-[e:`{kind}`]->(b:`{target}`)"
    found = session.run(f"MATCH {pattern} {ours('e')} RETURN a.id AS source, b.id AS target")
    gone = [
        {"source": record["source"], "target": record["target"]}
        for record in found
        if (kind, (source, record["source"]), (target, record["target"])) not in graph.edges
    ]
    query = (
        f"UNWIND $rows AS row MATCH (a:`{source}` {{id: row.source}})-[e:`{kind}`]->(b:`{target}` {{id: row.target}}) "
        f"{ours('e')} DELETE e RETURN count(*) AS deleted"
    )
    return _delete(session, query, gone, batch)


def _prune_nodes(session: neo4j.Session, graph: Graph, label: str, batch: int) -> tuple[int, int]:
    """How many nodes were deleted, and how many stay because of edges of others."""
    found = session.run(f"MATCH (n:`{label}`) {ours('n')} RETURN n.id AS id")
    gone = [{"id": record["id"]} for record in found if (label, record["id"]) not in graph.nodes]
    query = (
        f"UNWIND $rows AS row MATCH (n:`{label}` {{id: row.id}}) {ours('n')} AND NOT EXISTS {{ (n)--() }} "
        "DELETE n RETURN count(*) AS deleted"
    )
    deleted = _delete(session, query, gone, batch)
    return deleted, len(gone) - deleted


def _delete(session: neo4j.Session, query: str, rows: Sequence[Mapping[str, Any]], batch: int) -> int:
    def delete(transaction: neo4j.ManagedTransaction, some: Sequence[Mapping[str, Any]]) -> int:
        return int(transaction.run(query, rows=some).single(strict=True)["deleted"])

    return sum(session.execute_write(delete, rows[start : start + batch]) for start in range(0, len(rows), batch))
