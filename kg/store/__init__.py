"""The graph in a database: one interface, the same Cypher, for the embedded Ladybug and for Neo4j."""

from typing import TYPE_CHECKING, Any

from kg.store.base import CorruptStoreError, OutdatedStoreError, Rows, Store
from kg.store.ladybug import LadybugStore
from kg.store.queries import NamedQuery, Parameter, list_queries, load_query, run_query

if TYPE_CHECKING:
    from kg.store.neo4j import LoadSummary, Neo4jStore

__all__ = [
    "CorruptStoreError",
    "LadybugStore",
    "LoadSummary",
    "NamedQuery",
    "Neo4jStore",
    "OutdatedStoreError",
    "Parameter",
    "Rows",
    "Store",
    "list_queries",
    "load_query",
    "run_query",
]


def __getattr__(name: str) -> Any:
    """Loads Neo4j's driver, which takes long, only for those who use a server."""
    if name in {"LoadSummary", "Neo4jStore"}:
        from kg.store import neo4j

        return getattr(neo4j, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
