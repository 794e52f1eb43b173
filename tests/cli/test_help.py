"""The example at the top of every command's help works."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer

from kg.cli.main import app
from tests.command_line import Kg, annotated, write_lines
from tests.neo4j_server import Neo4jServer


def commands(group: typer.Typer, *above: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every command as the words that call it, with the docstring that is its help."""
    for command in group.registered_commands:
        assert command.callback
        yield (*above, command.name or command.callback.__name__), command.callback.__doc__ or ""
    for below in group.registered_groups:
        assert below.typer_instance and below.name
        yield from commands(below.typer_instance, *above, below.name)


COMMANDS = dict(commands(app))


def example(words: tuple[str, ...]) -> list[str]:
    """The words of the example, without the program's name."""
    found = re.match(r"Example: kg (.+)\n", COMMANDS[words])
    assert found, f"the help of kg {' '.join(words)} should begin with an example"
    return shlex.split(found[1])


@pytest.fixture
def prepared(kg: Kg, tmp_path: Path) -> Kg:
    """The command line in a folder with the files that examples name."""
    write_lines(tmp_path / "dev.jsonl", annotated(1))
    names = ["GRPO", "Group Relative Policy Optimization", "GRPO++"]
    named = annotated(
        2,
        id="2402.03300",
        arxiv_id="2402.03300",
        abstract=f"{names[0]} ({names[1]}) differs from {names[2]}.",
        entities=[[name, "Method", name, "mentioned"] for name in names],
        relations=[],
        results=[],
    )
    write_lines(tmp_path / "papers.jsonl", annotated(1), named)
    write_lines(tmp_path / "paper.jsonl", annotated(3))
    assert kg("build", "papers.jsonl", "--resolve").code == 0
    assert kg("backup", "graph.zip").code == 0
    return kg


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_begins_with_an_example_of_the_command(kg: Kg, words: tuple[str, ...]) -> None:
    assert example(words)[: len(words)] == list(words)
    helped = kg(*words, "--help")
    assert helped.code == 0 and f"Example: kg {' '.join(words)}" in helped.out


@pytest.mark.slow
@pytest.mark.parametrize("words", sorted(COMMANDS.keys() - {("load",), ("mcp",), ("serve",), ("train",)}), ids=" ".join)
def test_the_example_works(prepared: Kg, words: tuple[str, ...], tmp_path: Path) -> None:
    if words == ("backup",):
        (tmp_path / "graph.zip").unlink()
    outcome = prepared(*example(words))
    assert outcome.code == 0, outcome.err


@pytest.mark.skipif(find_spec("torch") is not None, reason="training is installed, and takes hours")
def test_without_its_packages_training_says_what_to_install(kg: Kg) -> None:
    outcome = kg(*example(("train",)))
    assert outcome.code == 2 and "paperkg[train]" in outcome.err


@pytest.mark.neo4j
@pytest.mark.slow
def test_the_example_of_load_works(prepared: Kg, neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_server.password)
    words = [neo4j_server.uri if word == "bolt://localhost:7687" else word for word in example(("load",))]
    outcome = prepared(*words)
    assert outcome.code == 0, outcome.err
