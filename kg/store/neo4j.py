"""The graph in a Neo4j server, loaded in batches that may be repeated, cut off or run at once without harm.

Everything that a load writes carries the property ``_kg``. Loading merges on that mark as well, and pruning looks at
nothing else, so nodes and edges of other people in the same database are never changed or deleted, whatever their
labels. Properties that others add to nodes of this tool stay as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import neo4j
from neo4j import exceptions as errors
from neo4j.graph import Node, Path, Relationship

from kg.errors import InputError, KgError
from kg.graph.graph import Graph, Properties
from kg.resources import resource
from kg.schema import EDGE_TYPES, NODE_LABELS
from kg.store.base import Closing, Rows, check_graph, count_graph, edge_groups, read_graph
from kg.store.cypher import check_parameters, check_reads_only, statements
from kg.store.limited import Limits, check_harmless

MARK = "_kg"
"""The property of every node and edge that this tool wrote; the name of the tool is its value."""
_OWNER = "kg"

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Called after each batch with the label or edge type, and how many of how many rows of the whole load are done."""

_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
_CONNECT_S = 15.0
"""Seconds to wait for a connection; something else that listens there would keep us waiting for ever."""
_RETRY_S = 120.0
"""Seconds for which the driver goes on repeating a batch after deadlocks and other passing errors."""


@dataclass(frozen=True)
class LoadSummary:
    """What a load did: rows sent, and what pruning deleted.

    ``kept`` counts nodes that are no longer in the graph, but that edges of others hang on.
    """

    nodes: int
    edges: int
    pruned_nodes: int = 0
    pruned_edges: int = 0
    kept: int = 0


class Neo4jStore(Closing):
    """The graph in a Neo4j database, version 5.26 or later, without plug-ins.

    Args:
        uri: ``bolt://``, ``neo4j://`` or one of their encrypted forms; by default ``NEO4J_URI``.
        user: by default ``NEO4J_USERNAME``, else ``neo4j``.
        password: by default ``NEO4J_PASSWORD``; never logged or shown.
        database: by default ``NEO4J_DATABASE``, else the user's own.

    Raises:
        InputError: no address or password, a wrong scheme, wrong credentials, no such database.
        KgError: nothing answers there, or what answers is no Neo4j.
    """

    def __init__(
        self,
        uri: str | None = None,
        user: str | None = None,
        password: str | None = None,
        database: str | None = None,
    ) -> None:
        self.uri = uri or os.environ.get("NEO4J_URI") or ""
        self._user = user or os.environ.get("NEO4J_USERNAME") or "neo4j"
        self._database = database or os.environ.get("NEO4J_DATABASE") or None
        password = password or os.environ.get("NEO4J_PASSWORD")
        scheme, _, rest = self.uri.partition("://")
        if not self.uri:
            raise InputError("no Neo4j server is named", "give its address or set NEO4J_URI")
        if scheme not in _SCHEMES or not rest:
            raise InputError(f"{_shown(self.uri)} is no address of a Neo4j server", "write it as bolt://HOST:7687")
        if "@" in rest:
            raise InputError("the address holds a user", "give user and password apart: NEO4J_USERNAME, NEO4J_PASSWORD")
        if not password:
            raise InputError(f"no password for {self._user} at {self.uri}", "set NEO4J_PASSWORD")
        with self._clear_errors():
            self._driver = neo4j.GraphDatabase.driver(
                self.uri,
                auth=(self._user, password),
                max_transaction_retry_time=_RETRY_S,
                connection_timeout=_CONNECT_S,
                connection_acquisition_timeout=2 * _CONNECT_S,
                notifications_min_severity="OFF",
                user_agent="paperkg",
            )
        try:
            with self._clear_errors():
                self._driver.verify_connectivity()
                with self._session() as session:
                    session.run("RETURN 1").consume()
        except BaseException:
            self._driver.close()
            raise

    def __repr__(self) -> str:
        return f"Neo4jStore({self.uri!r}, user={self._user!r})"

    def run(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """See ``Store.run``; sees the whole database, others' nodes too."""
        check_reads_only(cypher)
        check_parameters(cypher, parameters or {})
        return self._read(cypher, parameters)

    def generation(self) -> str:
        """See ``Store.generation``; whatever anybody commits to the database changes it."""
        with self._clear_errors(), self._session(neo4j.READ_ACCESS) as session:
            # The bookmark of a transaction names the last one that was committed before it.
            _read(session, lambda transaction: transaction.run("RETURN 1").consume())
            return " ".join(sorted(session.last_bookmarks().raw_values))

    def run_limited(self, cypher: str, limits: Limits) -> Rows:
        """See ``Store.run_limited``; sees the whole database, others' nodes too."""
        check_harmless(cypher)
        with (
            self._clear_errors(limits),
            self._session(neo4j.READ_ACCESS) as session,
            closing(session.begin_transaction(timeout=limits.seconds)) as transaction,  # never committed
        ):
            return _rows(transaction.run(cypher), limits.rows + 1)

    def counts(self) -> dict[str, dict[str, int]]:
        """See ``Store.counts``; of what this tool wrote."""
        return count_graph(self._read, _ours)

    def read_graph(self) -> Graph:
        """See ``Store.read_graph``; what this tool wrote."""
        return read_graph(self._read, _ours)

    def close(self) -> None:
        """See ``Store.close``."""
        self._driver.close()

    # -- loading ------------------------------------------------------------------------------------------------------

    def write(
        self, graph: Graph, prune: bool = False, batch: int = 10_000, progress: Progress | None = None
    ) -> LoadSummary:
        """Merges the graph into the database; repeating it changes nothing.

        Each batch is one transaction, repeated after deadlocks and other passing errors. A load that was cut off is
        completed by running it again; loads at the same time do not duplicate anything.

        Args:
            graph: what to load.
            prune: afterwards delete what this tool wrote and ``graph`` does not hold.
            batch: rows a transaction.
            progress: called after each batch.

        Raises:
            InputError: the database has a node of somebody else with an id of the graph.
            KgError: the graph breaks the schema, or the database failed.
        """
        if batch < 1:
            raise InputError(f"a batch of {batch} rows", "give at least one row a batch")
        check_graph(graph)
        report = _Counter(len(graph.nodes) + len(graph.edges), progress)
        with self._clear_errors(), self._session() as session:
            for name in ("constraints", "indexes"):
                for statement in statements((resource("cypher") / "schema" / f"{name}.cypher").read_text("utf-8")):
                    session.execute_write(_declare, statement)
            session.run("CALL db.awaitIndexes(300)").consume()
            for label, rows in _node_rows(graph):
                _send(session, _merge_nodes(label), rows, batch, report, label)
            for kind, source, target, rows in _edge_rows(graph):
                _send(session, _merge_edges(kind, source, target), rows, batch, report, kind)
            if not prune:
                return LoadSummary(len(graph.nodes), len(graph.edges))
            pruned_edges = pruned_nodes = kept = 0
            for edge, source, target in edge_groups():
                pruned_edges += _prune_edges(session, graph, edge.name, source, target, batch)
            for label in NODE_LABELS:
                deleted, left = _prune_nodes(session, graph, label, batch)
                pruned_nodes, kept = pruned_nodes + deleted, kept + left
        return LoadSummary(len(graph.nodes), len(graph.edges), pruned_nodes, pruned_edges, kept)

    # -- the server ---------------------------------------------------------------------------------------------------

    def _session(self, access: str = neo4j.WRITE_ACCESS) -> neo4j.Session:
        return self._driver.session(database=self._database, default_access_mode=access)

    def _read(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        with self._clear_errors(), self._session(neo4j.READ_ACCESS) as session:
            return _read(session, lambda transaction: _rows(transaction.run(cypher, dict(parameters or {}))))

    @contextmanager
    def _clear_errors(self, limits: Limits | None = None) -> Iterator[None]:
        """One message for each thing that goes wrong at the server, never with the password."""
        try:
            yield
        except errors.ServiceUnavailable as error:
            raise KgError(
                f"no Neo4j answers at {self.uri} ({_first_line(error)}); "
                "start the server, and check that the address is that of Bolt, by default port 7687"
            ) from error
        except errors.Neo4jError as error:
            if limits and "TransactionTimedOut" in (error.code or ""):
                raise limits.too_slow() from error
            raise self._refusal(error) from error
        except (errors.ConfigurationError, ValueError) as error:
            problem = f"{self.uri} cannot be used: {_first_line(error)}"
            raise InputError(problem, "write the address as bolt://HOST:7687") from error
        except errors.DriverError as error:
            raise KgError(f"{self.uri}: the connection failed: {_first_line(error)}") from error

    def _refusal(self, error: errors.Neo4jError) -> KgError:
        """What the server's answer means to a user, by its code ``Neo.ClientError.Statement.SyntaxError``."""
        code, message = error.code or "", error.message or _first_line(error)
        if isinstance(error, errors.AuthError):
            problem = f"{self.uri} refuses the user {self._user}: {message}"
            return InputError(problem, "check NEO4J_USERNAME and NEO4J_PASSWORD")
        if "Constraint" in code:
            problem = f"the database has nodes that break this tool's constraints: {message}"
            return InputError(problem, "load into another database")
        if "DatabaseNotFound" in code:
            return InputError(f"{self.uri} has no database {self._database}", "name one that it has")
        if ".ClientError.Statement." in code and "AccessMode" not in code:
            return InputError(f"the query is wrong: {message}", "correct it; see docs/queries.md")
        return KgError(f"{self.uri}: the database failed: {message}")


def _read(session: neo4j.Session, work: Callable[[neo4j.Transaction], T]) -> T:
    """What ``work`` reads; not tried for minutes as the driver would, for people must hear that a server is gone."""

    def once() -> T:
        with session.begin_transaction() as transaction:
            return work(transaction)

    try:
        return once()
    except (errors.ServiceUnavailable, errors.SessionExpired, errors.TransientError):
        return once()  # The connection may have been from before the server was started again.


def _rows(result: neo4j.Result, limit: int | None = None) -> Rows:
    return Rows(list(result.keys()), [[_plain(value) for value in row.values()] for row in islice(result, limit)])


class _Counter:
    """Counts the rows of a whole load for its progress."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total, self._progress, self._done = total, progress, 0

    def add(self, what: str, rows: int) -> None:
        self._done += rows
        if self._progress is not None:
            self._progress(what, self._done, self._total)


def _ours(variable: str) -> str:
    return f"WHERE {variable}.{MARK} = '{_OWNER}'"


# Every schema property is named in a row, with null where it is not known, so that ``+=`` also removes what an earlier
# load knew and this one does not, and leaves alone what others added.


def _node_rows(graph: Graph) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for label, identifier in sorted(graph.nodes):
        properties = _complete(graph.nodes[label, identifier], NODE_LABELS[label].properties)
        rows.setdefault(label, []).append({"id": identifier, "properties": properties})
    yield from rows.items()


def _edge_rows(graph: Graph) -> Iterator[tuple[str, str, str, list[dict[str, Any]]]]:
    rows: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for key in sorted(graph.edges):
        kind, source, target = key
        row: dict[str, Any] = {"source": source[1], "target": target[1]}
        if EDGE_TYPES[kind].properties:
            row["properties"] = _complete(graph.edges[key], EDGE_TYPES[kind].properties)
        rows.setdefault((kind, source[0], target[0]), []).append(row)
    for (kind, source_label, target_label), group in rows.items():
        yield kind, source_label, target_label, group


def _complete(properties: Properties, names: Mapping[str, object]) -> dict[str, Any]:
    return {name: properties.get(name) for name in names}


def _merge_nodes(label: str) -> str:
    """Merges on the id alone, as the constraint does, and counts only nodes with the mark: the rest are others'."""
    return (
        f"UNWIND $rows AS row MERGE (n:`{label}` {{id: row.id}}) ON CREATE SET n.{MARK} = '{_OWNER}' "
        f"WITH n, row {_ours('n')} SET n += row.properties RETURN count(*) AS written"
    )


def _merge_edges(kind: str, source: str, target: str) -> str:
    set_properties = "SET e += row.properties " if EDGE_TYPES[kind].properties else ""
    return (
        f"UNWIND $rows AS row MATCH (a:`{source}` {{id: row.source}}) MATCH (b:`{target}` {{id: row.target}}) "
        f"MERGE (a)-[e:`{kind}` {{{MARK}: '{_OWNER}'}}]->(b) {set_properties}RETURN count(*) AS written"
    )


def _declare(transaction: neo4j.ManagedTransaction, statement: str) -> None:
    transaction.run(statement).consume()


def _send(
    session: neo4j.Session, query: str, rows: Sequence[dict[str, Any]], batch: int, report: _Counter, what: str
) -> None:
    def write(transaction: neo4j.ManagedTransaction, some: Sequence[dict[str, Any]]) -> int:
        record = transaction.run(query, rows=some).single(strict=True)
        if record["written"] != len(some):  # raised inside, so that the transaction is rolled back
            raise InputError(
                f"the database has {what} nodes of somebody else with ids of this graph, or lost some while it loaded",
                "load into another database, or load again",
            )
        return int(record["written"])

    for start in range(0, len(rows), batch):
        some = rows[start : start + batch]
        session.execute_write(write, some)
        report.add(what, len(some))


def _prune_edges(session: neo4j.Session, graph: Graph, kind: str, source: str, target: str, batch: int) -> int:
    pattern = f"(a:`{source}`)-[e:`{kind}`]->(b:`{target}`)"
    found = session.run(f"MATCH {pattern} {_ours('e')} RETURN a.id AS source, b.id AS target")
    gone = [
        {"source": record["source"], "target": record["target"]}
        for record in found
        if (kind, (source, record["source"]), (target, record["target"])) not in graph.edges
    ]
    query = (
        f"UNWIND $rows AS row MATCH (a:`{source}` {{id: row.source}})-[e:`{kind}`]->(b:`{target}` {{id: row.target}}) "
        f"{_ours('e')} DELETE e RETURN count(*) AS deleted"
    )
    return _delete(session, query, gone, batch)


def _prune_nodes(session: neo4j.Session, graph: Graph, label: str, batch: int) -> tuple[int, int]:
    """How many nodes were deleted, and how many stay because of edges of others."""
    found = session.run(f"MATCH (n:`{label}`) {_ours('n')} RETURN n.id AS id")
    gone = [{"id": record["id"]} for record in found if (label, record["id"]) not in graph.nodes]
    query = (
        f"UNWIND $rows AS row MATCH (n:`{label}` {{id: row.id}}) {_ours('n')} AND NOT EXISTS {{ (n)--() }} "
        "DELETE n RETURN count(*) AS deleted"
    )
    deleted = _delete(session, query, gone, batch)
    return deleted, len(gone) - deleted


def _delete(session: neo4j.Session, query: str, rows: Sequence[dict[str, Any]], batch: int) -> int:
    def delete(transaction: neo4j.ManagedTransaction, some: Sequence[dict[str, Any]]) -> int:
        return int(transaction.run(query, rows=some).single(strict=True)["deleted"])

    return sum(session.execute_write(delete, rows[start : start + batch]) for start in range(0, len(rows), batch))


def _plain(value: Any) -> Any:
    """A value as ``Rows`` promises it."""
    if isinstance(value, Node):
        label = next((name for name in sorted(value.labels) if name in NODE_LABELS), "".join(sorted(value.labels)[:1]))
        return {"label": label, **_unmarked(value)}
    if isinstance(value, Relationship):
        return {"type": value.type, **_unmarked(value)}
    if isinstance(value, Path):
        return {
            "nodes": [_plain(node) for node in value.nodes],
            "edges": [_plain(edge) for edge in value.relationships],
        }
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    return value.iso_format() if hasattr(value, "iso_format") else str(value)


def _unmarked(entity: Node | Relationship) -> dict[str, Any]:
    return {name: _plain(value) for name, value in entity.items() if name != MARK}


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["unknown"])[0]


def _shown(uri: str) -> str:
    """An address that may hold a password, without it."""
    scheme, separator, rest = uri.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"
