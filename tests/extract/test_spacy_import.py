"""spaCy without its command line: quicker, and nothing of it is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
import kg.extract
assert "spacy.cli" not in sys.modules
import spacy
assert spacy.info(silent=True)["spacy_version"] == spacy.__version__
import spacy.cli
assert callable(spacy.cli.info) and "convert" in vars(spacy.cli)
"""


@pytest.mark.slow
def test_the_command_line_of_spacy_is_loaded_by_those_who_use_it() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
