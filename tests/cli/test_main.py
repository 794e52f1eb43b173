"""Global options, exit codes and messages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import Kg, Program


def test_version_and_help(kg: Kg) -> None:
    assert re.fullmatch(r"kg \d+\.\d+\.\d+\S*\n", kg("--version").out)
    helped = kg("--help")
    assert helped.code == 0
    assert "build" in helped.out and "ask" in helped.out


@pytest.mark.parametrize(
    "line",
    [
        ["no-such-command"],
        ["build", "--no-such-option"],
        ["build"],
        ["ask"],
        ["stats", "--format", "xml"],
        ["evaluate"],
        ["build", "missing.txt"],
        ["build", __file__],
        ["build", "--sample", "--graph", "no/such/folder/graph.lbug"],
        ["build", "--sample", "--graph", "."],
        ["stats", "--graph", "missing.lbug"],
        ["ask", "what outperforms GRPO", "--graph", "missing.lbug"],
        ["export", "out.graphml", "--graph", "missing.lbug"],
        ["evaluate", "--gold", "missing.jsonl"],
    ],
)
def test_wrong_usage_and_bad_input_exit_2_with_a_message_and_no_traceback(kg: Kg, line: list[str]) -> None:
    outcome = kg(*line)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.strip() and "Traceback" not in outcome.err
    assert not list(Path.cwd().glob("*.lbug*")), "nothing is made by a command that fails"


def test_a_message_says_what_is_wrong_where_and_what_to_do(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"title": "A", "abstract": "B"}\n{"title": \n', encoding="utf-8")
    outcome = kg("build", "bad.jsonl")
    assert outcome.code == 2
    assert not list(tmp_path.glob("*.lbug*"))
    assert re.match(r"kg: bad\.jsonl:2: .+; .+\n$", outcome.err)


def test_debug_shows_the_traceback(program: Program, tmp_path: Path) -> None:
    for line in (("--debug", "build", "missing.txt"), ("build", "missing.txt", "--debug")):
        process = program(*line, cwd=tmp_path)
        _, err = process.communicate()
        assert process.returncode == 1 and "Traceback" in err and "InputError" in err


def test_an_unforeseen_error_is_one_sentence_and_exit_1(kg: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.knowledge_graph import KnowledgeGraph

    def fail(self: KnowledgeGraph) -> None:
        raise RuntimeError("the moon is full")

    monkeypatch.setattr(KnowledgeGraph, "stats", fail)
    outcome = kg("stats")
    assert outcome.code == 1
    assert "RuntimeError: the moon is full" in outcome.err and "--debug" in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_knows_the_commands(shell: str, tmp_path: Path) -> None:
    kg = str(Path(sys.executable).with_name("kg"))
    words = {"COMP_WORDS": "kg st", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "kg st"}
    asked = {"_KG_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    done = subprocess.run([kg], capture_output=True, text=True, cwd=tmp_path, env={**os.environ, **words, **asked})
    assert "stats" in done.stdout
    source = subprocess.run(
        [kg], capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "_KG_COMPLETE": f"source_{shell}"}
    )
    assert "_KG_COMPLETE" in source.stdout


@pytest.mark.slow
def test_a_reader_that_stops_early_is_no_error(program: Program, papers: Path) -> None:
    assert program("build", str(papers), cwd=papers.parent).wait() == 0
    read, write = os.pipe()
    os.close(read)
    process = subprocess.Popen(
        [Path(sys.executable).with_name("kg"), "stats"],
        cwd=papers.parent,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(write)
    _, err = process.communicate()
    assert "Traceback" not in err and "Exception" not in err and "Broken pipe" not in err


def test_help_does_not_load_the_rooms() -> None:
    code = """
import atexit, sys
heavy = ("spacy", "numpy", "ladybug", "neo4j", "networkx", "pydantic_core")
atexit.register(lambda: print([name for name in heavy if name in sys.modules]))
import kg.cli
sys.argv = ["kg", "--help"]
kg.cli.main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_package_is_a_program_too() -> None:
    shown = subprocess.run([sys.executable, "-m", "kg", "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"kg \d+\.\d+\.\d+\n", shown.stdout)
