"""Feeds mutated inputs to the readers for as long as one likes, guided by the code that they reach (atheris).

usage: python tests/fuzz/read_anything.py [FORMAT …] [libFuzzer options and corpus folders]

`uv pip install atheris` first; it is not part of the tests. Every format, or those named, is begun with its example on
docs/inputs.md. It ends with a file `crash-…` if a reader raises anything but ``InputError``, `timeout-…` if one takes
more than 10 seconds, `oom-…` if one needs more than 1 GiB; `-max_total_time=600` ends it after ten minutes.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kg.corpus"]):
    from kg.corpus import FORMATS, read_papers
    from kg.errors import InputError

ROOT = Path(__file__).parents[2]
LIMITS = ["-timeout=10", "-rss_limit_mb=1024", "-max_len=4096"]


def read(data: bytes) -> None:
    """Reads it, once stopping at what is broken and once leaving it out."""
    path = FOLDER / "input"
    path.write_bytes(data)
    with contextlib.suppress(InputError):
        for _ in read_papers([path]):
            pass
    for _ in read_papers([path], on_error=lambda error: None):
        pass


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from tests.corpus.examples import examples

    named = [word for word in sys.argv[1:] if word in FORMATS]
    options = [word for word in sys.argv[1:] if word not in FORMATS]
    with tempfile.TemporaryDirectory() as folder:
        FOLDER = Path(folder)
        seeds = FOLDER / "seeds"
        seeds.mkdir()
        for name in named or FORMATS:
            (seeds / name).write_bytes(examples()[name])
        atheris.Setup([sys.argv[0], *LIMITS, *options, str(seeds)], read)
        atheris.Fuzz()
