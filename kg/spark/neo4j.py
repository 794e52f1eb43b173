"""A load into Neo4j through its Spark Connector."""

from __future__ import annotations

from collections import Counter

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from kg.spark.facts import table
from kg.spark.files import Files
from kg.store import Neo4jStore
from kg.store.neo4j_load import assign_node, mark, merge_edge, ours

CONNECTOR = "org.neo4j:neo4j-connector-apache-spark_2.13:5.3.8_for_spark_3"
"""From Maven Central. It is named for Spark 3; what is used of it here is tested with the Spark of the extra."""

_TRANSACTION = "5000"
"""Rows."""
_SESSIONS = 4
"""Transactions at once for nodes, which wait for nobody; those of edges would wait for each other's nodes."""


class Neo4jTarget:
    """A Neo4j server, into which the graph is merged as ``kg load`` does.

    Args:
        store: the database.
    """

    def __init__(self, store: Neo4jStore) -> None:
        self._store = store

    def check(self, files: Files) -> None:
        """See ``kg.spark.target.Target``; makes constraints and indexes."""
        self._store.prepare()

    def write(self, rows: DataFrame, files: Files) -> None:
        """See ``kg.spark.target.Target``."""
        groups = [tuple(row)[:4] for row in rows.groupBy("part", "from_label", "to_label").count().collect()]
        nodes: Counter[str] = Counter()
        for part, source, target, number in sorted(groups, key=lambda group: (group[2] is not None, group)):
            some = rows.where((f.col("part") == part) & (f.col("from_label") == source))
            if target is None:
                nodes[part] = number
                self._merge(table(some, part), _merge_node(part), _SESSIONS)
            else:
                some = table(some.where(f.col("to_label") == target), part, ("from_id", "to_id"))
                self._merge(some, merge_edge(part, source, target, _event), 1)
        self._store.check_loaded(nodes)

    def _merge(self, rows: DataFrame, query: str, sessions: int) -> None:
        options = self._store.connector_options() | {"query": query, "batch.size": _TRANSACTION}
        writer = rows.coalesce(sessions).write.format("org.neo4j.spark.DataSource").mode("Append")
        writer.options(**options).save()


def _merge_node(label: str) -> str:
    """The clauses that merge a node; one of somebody else is left as it is, since other rows of it may stand."""
    merged = f"MERGE (n:`{label}` {{id: {_event('id')}}}) ON CREATE SET {mark('n')}"
    return f"{merged} WITH n, event {ours('n')} SET {assign_node(label, _event)}"


def _event(name: str) -> str:
    return f"event.`{name}`"
