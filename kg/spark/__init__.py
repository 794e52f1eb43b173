"""The build of a graph on a Spark cluster: the same graph as on one machine (needs the extra ``spark``).

Papers are read, extracted, resolved and gathered by functions of the other rooms, over batches of Arrow; Spark moves
the rows between them. docs/how-to/spark.md says what is shuffled and what is broadcast.
"""

from kg.spark.build import SparkReport, build, default_work
from kg.spark.neo4j import CONNECTOR, Neo4jTarget
from kg.spark.session import spark_session
from kg.spark.target import FolderTarget, Target, target_of

__all__ = [
    "CONNECTOR",
    "FolderTarget",
    "Neo4jTarget",
    "SparkReport",
    "Target",
    "build",
    "default_work",
    "spark_session",
    "target_of",
]
