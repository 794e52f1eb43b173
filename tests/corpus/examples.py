"""The examples of docs/inputs.md as bytes, by the name of the format."""

from __future__ import annotations

import os
import re
import tempfile
from functools import cache
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "inputs.md"


@cache
def examples() -> dict[str, bytes]:
    """Every example of the page, as the file that it stands for."""
    found = re.findall(r"<!-- format: (\w+) -->\n```(\w+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return {name: _written_by(text) if kind == "python" else text.encode() for name, kind, text in found}


def _written_by(program: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        before = Path.cwd()
        os.chdir(folder)
        try:
            exec(program, {})
        finally:
            os.chdir(before)
        (file,) = Path(folder).iterdir()
        return file.read_bytes()
