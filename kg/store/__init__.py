"""The graph in a database: one interface, the same Cypher, for the embedded Ladybug and for Neo4j."""

from kg.store.base import CorruptStoreError, OutdatedStoreError, Rows, Store
from kg.store.ladybug import LadybugStore

__all__ = ["CorruptStoreError", "LadybugStore", "OutdatedStoreError", "Rows", "Store"]
