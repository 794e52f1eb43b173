"""The prompt of ``kg ask`` in a real terminal: keys go in, what a person would see comes out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from kg.store import LadybugStore

pytestmark = pytest.mark.slow

_LIMIT_S = 120


class Terminal:
    """``kg ask`` with a pseudo-terminal as its keyboard and screen."""

    def __init__(self, graph: Path, home: Path) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        environment = os.environ | {"HOME": str(home), "XDG_STATE_HOME": str(home), "TERM": "xterm", "COLUMNS": "100"}
        command = [sys.executable, "-c", "from kg.cli import main; main()", "ask", "--graph", str(graph)]
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)
        os.close(slave)
        self._seen = ""

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def wait_for(self, text: str) -> None:
        """Reads until the text has come; what is left of what was read stays for the next time."""
        end = time.monotonic() + _LIMIT_S
        while text not in self._seen:
            assert time.monotonic() < end, f"{text!r} does not come; there is {self._seen[-2000:]!r}"
            if select.select([self._master], [], [], 1)[0]:
                raw = os.read(self._master, 65536).decode(errors="replace")
                if "\x1b[6n" in raw:
                    os.write(self._master, b"\x1b[1;1R")  # where the cursor is, as a terminal answers
                self._seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", raw)
        self._seen = self._seen.split(text, 1)[1]

    def close(self) -> int:
        """The exit code, once the program has ended."""
        try:
            return self.process.wait(_LIMIT_S)
        finally:
            self.process.kill()
            os.close(self._master)


def test_a_session(small_store: LadybugStore, tmp_path: Path) -> None:
    terminal = Terminal(small_store.path, tmp_path)
    terminal.wait_for("ask>")
    terminal.type("which methods report on MATH5\t")
    terminal.wait_for("00")  # what was missing of MATH500, all that is drawn
    terminal.type("\r")
    terminal.wait_for("92.4%")
    terminal.wait_for("ask>")
    terminal.type("sing me a song\r")
    terminal.wait_for("not understood")
    terminal.wait_for("ask>")
    terminal.type("exit\r")
    assert terminal.close() == 0

    again = Terminal(small_store.path, tmp_path)
    again.wait_for("ask>")
    again.type("\x1b[A\x1b[A\x1b[A\r")  # three keys up: before "exit" and "sing me a song"
    again.wait_for("92.4%")
    again.wait_for("ask>")
    again.type("\x04")
    assert again.close() == 0
