"""``kg build --engine spark``: its options, and where the graph goes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.errors import InputError
from kg.extras import needs_extra
from kg.progress import Progress

if TYPE_CHECKING:
    from kg.spark import SparkReport


class Engine(StrEnum):
    """Who builds a graph."""

    LOCAL = "local"
    SPARK = "spark"


EngineOption = Annotated[
    Engine, typer.Option("--engine", help="Build on this machine, or on a Spark cluster (docs/how-to/spark.md).")
]
Master = Annotated[
    str | None, typer.Option("--master", metavar="URL", help="Spark: the cluster, spark://HOST:7077, yarn or local[2].")
]
Output = Annotated[
    str | None,
    typer.Option(
        "-o", "--output", metavar="FOLDER", help="Spark: write OUT.parquet or OUT.neo4j-admin here.", show_default=False
    ),
]
Load = Annotated[
    str | None, typer.Option("--to", metavar="URI", help="Spark: load into this Neo4j server (bolt://…) instead.")
]
Work = Annotated[
    str | None,
    typer.Option("--work", metavar="FOLDER", help="Spark: keep what stages hand on here, and go on from there."),
]
Conf = Annotated[
    list[str] | None, typer.Option("--conf", metavar="KEY=VALUE", help="Spark: a setting, as of spark-submit.")
]


@dataclass(frozen=True)
class Cluster:
    """What the options say of a build on Spark."""

    master: str | None
    output: str | None
    to: str | None
    work: str | None
    conf: Sequence[str]

    def refuse(self) -> None:
        """Refuses options that only the engine spark has.

        Raises:
            InputError: one of them is given.
        """
        given = {"--master": self.master, "--output": self.output, "--to": self.to, "--work": self.work}
        for name, value in {**given, "--conf": self.conf}.items():
            if value:
                raise InputError(f"{name} is an option of the engine spark", "add --engine spark, or leave it out")

    def build(
        self,
        inputs: Sequence[str | Path],
        *,
        resolve: bool,
        pipeline: str | None,
        registry: Path | None,
        columns: Mapping[str, str],
        skip_broken: bool,
        progress: Progress,
    ) -> SparkReport:
        """Builds the graph of the inputs; see ``kg.spark.build``."""
        with needs_extra("spark", "the engine spark"):
            from kg.spark import CONNECTOR, Neo4jTarget, Target, build, default_work, spark_session, target_of
        from kg.store import Neo4jStore

        if (self.output is None) == (self.to is None):
            cure = (
                "write files with --output graph.parquet or graph.neo4j-admin, or load into a server with --to bolt://…"
            )
            raise InputError("the engine spark must know where the graph goes", cure)
        conf = dict(_setting(each) for each in self.conf)
        target: Target
        if self.output is not None:
            target = target_of(self.output)
        else:
            target = Neo4jTarget(Neo4jStore(self.to))
            if "spark.jars" not in conf:
                conf.setdefault("spark.jars.packages", CONNECTOR)
        debug = logging.getLogger().isEnabledFor(logging.DEBUG)
        with spark_session(self.master, conf, quiet=not debug) as session:
            return build(
                session,
                inputs,
                target,
                work=self.work or default_work(session, self.output),
                keep_work=self.work is not None,
                resolve=resolve,
                pipeline=pipeline,
                registry=registry,
                columns=columns,
                skip_broken=skip_broken,
                progress=progress,
            )


def _setting(given: str) -> tuple[str, str]:
    key, sign, value = given.partition("=")
    if not (key and sign):
        raise InputError(f"--conf is {given!r}", "write it as KEY=VALUE: spark.executor.memory=8g")
    return key.strip(), value
