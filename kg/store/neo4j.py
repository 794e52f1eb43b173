"""The graph in a Neo4j server, loaded in batches that may be repeated, cut off or run at once without harm.

Everything that a load writes carries the property ``_kg``. Loading merges on that mark as well, and pruning looks at
nothing else, so nodes and edges of other people in the same database are never changed or deleted, whatever their
labels. Properties that others add to nodes of this tool stay as well.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import neo4j
from neo4j import exceptions as errors
from neo4j.graph import Node, Path, Relationship

from kg.errors import InputError, KgError
from kg.graph.graph import Graph
from kg.schema import NODE_LABELS
from kg.store.base import Closing, Rows, check_graph, count_graph, read_graph
from kg.store.cypher import check_parameters, check_reads_only
from kg.store.limited import Limits, check_harmless
from kg.store.neo4j_load import MARK, Progress, count_ours, declare, delete_absent, merge_graph, others_nodes, ours
from kg.store.neo4j_probe import check_bolt

T = TypeVar("T")

_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
_CONNECT_S = 15.0
"""Seconds to wait for a connection of a server that has answered once."""
_RETRY_S = 120.0
"""Seconds for which the driver goes on repeating a batch after deadlocks and other passing errors."""
_CLOSE_S = 5.0
"""Seconds that closing waits for what other threads still read."""


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
        self._password = password
        self._ended = threading.Condition()
        self._sessions = 0
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
                check_bolt(self.uri)
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

    def file(self) -> None:
        """See ``Store.file``."""
        return None

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
        return count_graph(self._read, ours)

    def read_graph(self) -> Graph:
        """See ``Store.read_graph``; what this tool wrote."""
        return read_graph(self._read, ours)

    def close(self) -> None:
        """See ``Store.close``; first lets other threads end what they read, for at most five seconds."""
        with self._ended:  # The driver's connections break when one thread closes what another sends on.
            self._ended.wait_for(lambda: not self._sessions, timeout=_CLOSE_S)
        self._driver.close()

    # -- loading ------------------------------------------------------------------------------------------------------

    def write(
        self, graph: Graph, prune: bool = False, batch: int = 5_000, progress: Progress | None = None
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
        pruned = 0, 0, 0
        with self._clear_errors():
            merge_graph(self._loading_session, graph, batch, progress)
            if prune:
                with self._loading_session() as session:
                    pruned = delete_absent(session, graph, batch)
        return LoadSummary(len(graph.nodes), len(graph.edges), *pruned)

    def prepare(self) -> None:
        """Makes the constraints and indexes of the graph, for those who load it by other means."""
        with self._clear_errors(), self._session() as session:
            declare(session, "constraints")
            declare(session, "indexes")

    def check_loaded(self, nodes: Mapping[str, int]) -> None:
        """Looks whether the database has at least so many nodes of each label that this tool wrote.

        Raises:
            InputError: it has fewer.
        """
        with self._clear_errors(), self._session(neo4j.READ_ACCESS) as session:
            there = count_ours(session)
        if any(there[label] < number for label, number in nodes.items()):
            raise others_nodes()

    def connector_options(self) -> dict[str, str]:
        """What Neo4j's Spark connector needs to open this database; the password is among it."""
        options = {"url": self.uri, "authentication.type": "basic", "authentication.basic.username": self._user}
        options["authentication.basic.password"] = self._password
        return options | ({"database": self._database} if self._database else {})

    # -- the server ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _session(self, access: str = neo4j.WRITE_ACCESS, **options: Any) -> Iterator[neo4j.Session]:
        with self._ended:
            self._sessions += 1
        try:
            with self._driver.session(database=self._database, default_access_mode=access, **options) as session:
                yield session
        finally:
            with self._ended:
                self._sessions -= 1
                self._ended.notify_all()

    def _loading_session(self) -> AbstractContextManager[neo4j.Session]:
        """One of several; on a cluster, too, each sees what the others have committed."""
        return self._session(bookmark_manager=self._driver.execute_query_bookmark_manager)

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
