"""What is said to a question that is not understood: three others, near to it, that do have an answer."""

from __future__ import annotations

import pytest

from kg.ask import Asker

STRANGE = (
    "who won the world cup",
    "sing me a song",
    "best by",
    "purple GRPO elephants dancing merrily",
    "why",
    "2 + 2",
    "papers under water",
)


@pytest.mark.promise("a question that is not understood gets three that have an answer")
@pytest.mark.parametrize("question", STRANGE)
def test_three_that_work(asker: Asker, question: str) -> None:
    answer = asker.ask(question)
    assert answer.intent is None and answer.rows == () and answer.notes
    assert len(answer.suggestions) == len(set(answer.suggestions)) == 3
    for suggestion in answer.suggestions:
        found = asker.ask(suggestion)
        assert found.rows and not found.notes, suggestion


def test_a_name_of_the_question_is_kept_where_it_gives_an_answer(asker: Asker) -> None:
    answer = asker.ask("which methods were trained on AIME24 by PPO")
    assert answer.rows or any("AIME24" in s or "PPO" in s for s in answer.suggestions)
