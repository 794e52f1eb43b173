"""A prompt that answers one question after the other, with history and completion of names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from rich.console import Console

from kg.ask.asker import Asker
from kg.ask.names import NameIndex
from kg.ask.render import AnswerFormat, explain, messages, render
from kg.errors import KgError

_SHOWN = 20
_MIN_PREFIX = 2
_END = frozenset({"exit", "quit", ":q"})


class NameCompleter(Completer):
    """Completes the name that the last words begin, those of the most papers first."""

    def __init__(self, index: Callable[[], NameIndex]) -> None:
        self._index = index

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The names that begin with the last four, three, two words or one; the longest beginning wins."""
        index = self._index()
        words = document.text_before_cursor.split(" ")
        for size in range(min(4, len(words)), 0, -1):
            prefix = " ".join(words[-size:]).casefold()
            if len(prefix) < _MIN_PREFIX:
                continue
            found = index.beginning(prefix, _SHOWN)
            if found:
                yield from (Completion(name, start_position=-len(prefix)) for name in found)
                return


def run_prompt(
    asker: Callable[[], Asker],
    console: Console,
    *,
    format: AnswerFormat | str = AnswerFormat.TABLE,
    explained: bool = False,
    history: Path | None = None,
    lines: Iterable[str] | None = None,
    input: Input | None = None,
    output: Output | None = None,
) -> None:
    """Reads questions and writes answers until the end of the input, ``exit`` or Ctrl-D.

    Args:
        asker: gives what answers a question, for each question.
        console: where answers and messages go.
        format: how answers are written.
        explained: write how each question was read, too.
        history: the file that keeps questions from one time to the next; None keeps none.
        lines: the questions, if they come from a file or a pipe rather than from a person.
        input: where keys come from, if not the terminal.
        output: where the prompt is drawn, if not the terminal.
    """
    for question in _typed(asker, history, input, output) if lines is None else map(str.strip, lines):
        if question.casefold() in _END:
            return
        if question:
            _answer(asker(), console, question, format, explained)


def _typed(
    asker: Callable[[], Asker], history: Path | None, input: Input | None, output: Output | None
) -> Iterator[str]:
    if history is not None:
        history.parent.mkdir(parents=True, exist_ok=True)
    session: PromptSession[str] = PromptSession(
        "ask> ",
        history=FileHistory(str(history)) if history else InMemoryHistory(),
        completer=NameCompleter(lambda: asker().index),
        complete_while_typing=False,
        input=input,
        output=output,
    )
    while True:
        try:
            yield session.prompt().strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def _answer(asker: Asker, console: Console, question: str, format: AnswerFormat | str, explained: bool) -> None:
    try:
        answer = asker.ask(question)
    except KgError as error:
        console.print(str(error), markup=False)
        return
    if explained:
        explain(answer, console)
    render(answer, format, console)
    for message in messages(answer):
        console.print(message, markup=False, highlight=False)
