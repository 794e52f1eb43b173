"""Spark for the time of a build, and its errors as the project's own."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from kg.errors import InputError, KgError

_CONF = {
    "spark.app.name": "kg build",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "1000",
    "spark.sql.parquet.compression.codec": "zstd",
    # A row that cannot be read is an error of ours; it must not become a row of nulls.
    "spark.sql.ansi.enabled": "true",
}
_LOCAL_CONF = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "16",
}
_OURS = re.compile(r"^(?:kg\.errors\.)(InputError|KgError): (.+)$", re.MULTILINE)
_CAUSE = re.compile(r"^(Caused by: |: |)((?:[\w$]+\.)*[\w$]*(?:Error|Exception): .+)$", re.MULTILINE)


@contextmanager
def spark_session(master: str | None, conf: Mapping[str, str], *, quiet: bool = True) -> Iterator[SparkSession]:
    """A session; one that is there already (in a notebook, or of ``spark-submit``) is used and left open.

    Args:
        master: ``local[N]``, ``spark://HOST:PORT``, ``yarn``, ``k8s://…``; None for what Spark's settings say.
        conf: settings of Spark, which come before those that are made here.
        quiet: let Spark log nothing.

    Raises:
        InputError: there is no Java.
        KgError: the cluster cannot be reached.
    """
    there = SparkSession.getActiveSession()
    if there is not None:
        yield there
        return
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise InputError("Spark needs Java 17 or later, which was not found", "install it, or set JAVA_HOME")
    local = master is not None and master.startswith("local")
    settings = _CONF | (_LOCAL_CONF if local else {})
    if quiet:
        settings["spark.driver.extraJavaOptions"] = f"-Dlog4j2.configurationFile={_log_settings()}"
    builder = SparkSession.builder
    for key, value in (settings | dict(conf)).items():
        builder = builder.config(key, value)
    if master is not None:
        builder = builder.master(master)
    python = os.environ.get("PYSPARK_PYTHON")
    if python is None and "spark.pyspark.python" not in conf:
        os.environ["PYSPARK_PYTHON"] = sys.executable
    try:
        with spark_errors():
            session = builder.getOrCreate()
        try:
            yield session
        finally:
            session.stop()
    finally:
        if python is None:
            os.environ.pop("PYSPARK_PYTHON", None)


@contextmanager
def spark_errors() -> Iterator[None]:
    """What fails in Spark or in a function that it runs, in one line."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        text = str(error)
        if ours := _OURS.search(text):
            kind, message = ours.groups()
            raise (InputError.told(message) if kind == "InputError" else KgError(message)) from error
        raise KgError(f"Spark: {_cause(text)}; run the command again with --debug to see more") from error


def _cause(text: str) -> str:
    """The line of a stack of traces that says most: the cause of all, else what was raised."""
    found = _CAUSE.findall(text)
    caused = [said for sign, said in found if sign == "Caused by: "]
    lines = caused[-1:] or [said for _, said in found] or text.strip().splitlines() or ["it failed"]
    return str(lines[0]).strip()


def is_local(session: SparkSession) -> bool:
    """Whether all work is done by this process and those that it starts on this machine."""
    return str(session.sparkContext.master).startswith("local")


def _log_settings() -> str:
    return (Path(__file__).parent / "log4j2.properties").as_uri()
