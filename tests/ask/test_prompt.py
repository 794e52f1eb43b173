"""The prompt, typed at."""

from __future__ import annotations

import io
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from kg.ask import Asker
from kg.ask.prompt import NameCompleter, run_prompt


def typed(asker: Asker, keys: str, history: Path | None = None) -> str:
    console = Console(file=io.StringIO(), width=200)
    with create_pipe_input() as keyboard:
        keyboard.send_text(keys)
        run_prompt(lambda: asker, console, history=history, input=keyboard, output=DummyOutput())
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert isinstance(text, str)
    return text


def test_questions_are_answered_until_exit(asker: Asker) -> None:
    said = typed(asker, "which methods report on MATH500\rfoo bar baz\rexit\r")
    assert "TreeGRPO" in said and "not understood" in said


def test_questions_of_a_file_are_answered_without_a_prompt(asker: Asker) -> None:
    console = Console(file=io.StringIO(), width=200)
    run_prompt(lambda: asker, console, lines=["what is GRPO\n", "\n", "which methods report on MATH500\n"])
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert "TreeGRPO" in said and "ask>" not in said


def test_the_end_of_the_input_ends_it(asker: Asker) -> None:
    assert typed(asker, "\x04") == ""


def test_history_is_kept_in_a_file(asker: Asker, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "history"
    typed(asker, "what is GRPO\rexit\r", file)
    assert "what is GRPO" in file.read_text(encoding="utf-8")


def completions(asker: Asker, text: str) -> list[str]:
    event = CompleteEvent(completion_requested=True)
    return [found.text for found in NameCompleter(lambda: asker.index).get_completions(Document(text), event)]


def test_names_are_completed_over_several_words(asker: Asker) -> None:
    assert completions(asker, "which methods report on MA") == ["mathematical reasoning", "MATH500", "MathBench-X"]
    assert completions(asker, "methods for mathematical re") == ["mathematical reasoning"]
    assert completions(asker, "methods for x") == []
