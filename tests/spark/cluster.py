"""A standalone Spark cluster of processes of their own on this machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pyspark

from tests.neo4j_server import free_port

_HOME = Path(pyspark.__file__).parent
_LIMIT = 120
"""Seconds to wait for a process to be ready."""


class Cluster:
    """A master and workers with one core each, whose files lie below ``home``."""

    def __init__(self, home: Path, workers: int) -> None:
        self.home = home
        self.master = f"spark://127.0.0.1:{free_port()}"
        port = self.master.rsplit(":", 1)[1]
        self._processes = [self._start("master", "Master", "--host", "127.0.0.1", "--port", port, "--webui-port", "0")]
        self.workers = []
        for number in range(workers):
            name = f"worker-{number}"
            options = ("--cores", "1", "--memory", "1g", "--webui-port", "0", "--host", "127.0.0.1")
            self.workers.append(self._start(name, "Worker", *options, "--work-dir", str(home / name), self.master))
            self._wait(name, "Successfully registered with master")
        self._processes += self.workers

    def kill(self, worker: int) -> None:
        """Ends a worker with all that it has started, as a power cut would."""
        os.killpg(self.workers[worker].pid, signal.SIGKILL)
        self.workers[worker].wait()

    def close(self) -> None:
        """Ends all processes."""
        for process in self._processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def log(self, name: str) -> str:
        """What a process has said."""
        return (self.home / f"{name}.log").read_text(errors="replace")

    def _start(self, name: str, main: str, *arguments: str) -> subprocess.Popen[bytes]:
        java = shutil.which("java")
        assert java
        package = f"org.apache.spark.deploy.{main.lower()}.{main}"
        env = {**os.environ, "SPARK_HOME": str(_HOME), "SPARK_SCALA_VERSION": "2.13", "SPARK_LOCAL_IP": "127.0.0.1"}
        with (self.home / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [java, "-Xmx256m", "-XX:+UseSerialGC", "-cp", f"{_HOME}/jars/*", package, *arguments],
                cwd=self.home,
                env=env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait(self, name: str, words: str) -> None:
        limit = time.monotonic() + _LIMIT
        while words not in self.log(name):
            if time.monotonic() > limit:
                self.close()
                raise TimeoutError(f"{name} is not ready:\n{self.log(name)[-3000:]}")
            time.sleep(0.2)
