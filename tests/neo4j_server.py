"""A real Neo4j Community server for tests, from its Maven artifacts; a pytest plugin with ``neo4j_server``.

``NEO4J_VERSION=2025.12.1 NEO4J_JAVA=/path/to/java21/bin/java`` runs the tests on another version, and on the Java that
it needs, than that of ``tests/neo4j/pom.xml`` on the Java of the ``PATH``.
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
from pathlib import Path

import neo4j
import pytest

_ROOT = Path(__file__).parents[1]
_VERSION = os.environ.get("NEO4J_VERSION", "")
_CACHE = _ROOT / ".cache" / f"neo4j{_VERSION and '-' + _VERSION}"
_POM = Path(__file__).parent / "neo4j" / "pom.xml"
JAVA = os.environ.get("NEO4J_JAVA", "java")
_OPENS = [
    f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch", "java.lang")
]
_START_LIMIT = 280
"""Seconds; about 10 are usual on an idle machine."""
_DIE_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL"]
"""Where the system has it: a test run that is killed leaves no server behind."""

PASSWORD = "only for tests"


def class_path() -> str:
    """Java's class path of the server; the jars are fetched once, by one process at a time."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    done = _CACHE / "pom.xml"
    with (_CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists() or done.read_bytes() != _POM.read_bytes():
            shutil.rmtree(_CACHE / "lib", ignore_errors=True)
            goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={_CACHE / 'lib'}"]
            version = [f"-Dneo4j.version={_VERSION}"] if _VERSION else []
            subprocess.run(["mvn", "-B", "-q", "-f", str(_POM), *version, *goal], check=True, timeout=900)
            shutil.copy(_POM, done)
    return f"{_CACHE / 'lib'}/*"


def main_class() -> str:
    """The class that starts the server, as its jar names it; it differs between versions."""
    class_path()
    for jar in sorted((_CACHE / "lib").glob("neo4j-[0-9]*.jar")):
        with zipfile.ZipFile(jar) as opened:
            return opened.read("META-INF/services/org.neo4j.server.startup.EntryPoint").decode().strip()
    raise FileNotFoundError(f"{_CACHE / 'lib'} has no jar of the server")


def free_port() -> int:
    """A port of the loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Neo4jServer:
    """A server with its data below ``home``; it can be killed and started again."""

    user, password = "neo4j", PASSWORD

    def __init__(self, home: Path) -> None:
        self.home = home
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
        self._process = self._java(main_class(), *folders)
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
                session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()
            for kind, shown in (
                ("CONSTRAINT", "CONSTRAINTS YIELD name"),
                ("INDEX", "INDEXES YIELD name, type WHERE type <> 'LOOKUP'"),
            ):
                for record in driver.execute_query(f"SHOW {shown} RETURN name").records:
                    driver.execute_query(f"DROP {kind} {record['name']}")

    def _java(self, main: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.home / "logs" / "console.log").open("ab") as log:
            return subprocess.Popen(
                [
                    *(_DIE_WITH_PARENT if shutil.which("setpriv") else []),
                    JAVA,
                    "-Xmx512m",
                    "-XX:+UseSerialGC",
                    *_OPENS,
                    "-cp",
                    f"{class_path()}:{self.home / 'plugins'}/*",
                    main,
                    *arguments,
                ],
                env={"NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf"), "PATH": "/usr/bin:/bin"},
                stdout=log,
                stderr=log,
            )


@pytest.fixture(scope="session")
def running_neo4j(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """One server for the whole session."""
    for program in (JAVA, "mvn"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program} for a real Neo4j server")
    server = Neo4jServer(tmp_path_factory.mktemp("neo4j"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def neo4j_server(running_neo4j: Neo4jServer) -> Neo4jServer:
    """The running server with an empty database."""
    running_neo4j.empty()
    return running_neo4j
