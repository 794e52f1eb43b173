"""What an answer holds beside its names: evidence, notes, the query, and that nothing typed is part of it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.ask import Asker
from kg.ask.compile import compile_intent
from kg.ask.vocabulary import kinds
from kg.schema import EDGE_TYPES, NODE_LABELS
from kg.store import LadybugStore
from tests.ask.data import read

WORDS = [word for group in read("phrasings.yaml") for question in group["questions"] for word in question.split()]


@pytest.mark.promise("kg ask answers with the value, metric, paper and sentence of each row")
def test_a_row_has_value_metric_paper_and_sentence(asker: Asker) -> None:
    answer = asker.ask("which methods report on MATH500 with accuracy above 90")
    assert answer.columns == ("method", "benchmark", "metric", "value", "kind", "paper", "sentence")
    assert answer.rows[0][:5] == ("TreeGRPO", "MATH500", "accuracy", "92.4%", "absolute")
    evidence = answer.evidence[0]
    assert evidence.paper.startswith("TreeGRPO: ") and "92.4% accuracy on MATH500" in (evidence.sentence or "")


def test_every_listed_row_has_evidence(asker: Asker) -> None:
    for question in ("what outperforms PPO", "methods for mathematical reasoning", "which papers mention GRPO"):
        answer = asker.ask(question)
        assert {e.row for e in answer.evidence} or answer.columns[0] == "paper"
        assert all(row[answer.columns.index("sentence")] for row in answer.rows)


@pytest.mark.slow
def test_the_query_shown_gives_the_rows(asker: Asker, small_store: LadybugStore) -> None:
    for group in read("phrasings.yaml"):
        answer = asker.ask(group["questions"][0])
        rows = {repr(tuple(row)) for row in small_store.run(answer.query, answer.parameters).rows}
        assert {repr(row) for row in answer.rows} <= rows


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([q for group in read("phrasings.yaml") for q in group["questions"]]),
    st.sampled_from(["') DETACH DELETE n //", "`}]-(", "$names1", "\\u0027 OR 1=1", "MATCH (n) RETURN n", "}) {"]),
    st.integers(0, 80),
)
def test_nothing_typed_is_part_of_a_query(asker: Asker, question: str, poison: str, at: int) -> None:
    typed = f"{question[:at]} {poison} {question[at:]}"
    answer = asker.ask(typed)
    if answer.intent is None:
        assert answer.query == ""
        return
    # The text is made of labels, facts and how many things are named: without any name and number it is the same.
    bare, numbers = answer.intent.model_dump(), itertools.count()
    for name in [
        *bare["among"],
        *(n for c in bare["constraints"] for n in c["names"]),
        *filter(None, [bare["metric"]]),
    ]:
        some = tuple(f"x{next(numbers)}" for _ in name["ids"])
        name["text"], name["ids"], name["names"] = "x", some, some
    for threshold in bare["thresholds"]:
        threshold["number"] = 1.0
    again = compile_intent(type(answer.intent).model_validate(bare), kinds())
    assert again.text == answer.query


@given(st.text(max_size=120))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_is_an_error(asker: Asker, text: str) -> None:
    asker.ask(text)


@pytest.mark.slow
@given(
    st.lists(
        st.sampled_from([w for g in read("phrasings.yaml") for q in g["questions"] for w in q.split()]), max_size=9
    )
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_mixture_of_words_of_questions_is_an_error(asker: Asker, words: list[str]) -> None:
    asker.ask(" ".join(words))


@pytest.mark.parametrize(
    "question",
    ["", "?", "hello", "how are you today", "who won the world cup", "the weather in Paris", "best method",
     "methods better than", "which of the", "install this",
     "methods evaluated on MATH500 without training data leakage from reddit posts"],
)  # fmt: skip
def test_what_is_not_understood_is_said_with_three_questions_that_work(asker: Asker, question: str) -> None:
    answer = asker.ask(question)
    assert answer.rows == () and answer.query == ""
    assert answer.notes[0] in ("This question was not understood.",) or "no name" in answer.notes[0]
    assert len(answer.suggestions) == 3
    assert all(asker.ask(suggestion).rows for suggestion in answer.suggestions)


def test_a_word_that_is_left_out_is_said(asker: Asker) -> None:
    answer = asker.ask("which methods convincingly outperform PPO")
    assert set(answer.names()) == {"TreeGRPO", "GRPO"}
    assert answer.notes == ("Not taken into account: 'convincingly'.",)


def test_models_are_shown_where_no_method_answers(asker: Asker) -> None:
    answer = asker.ask("which methods report on HumanEval")
    assert answer.names() == ["LLaMA-3-8B"]
    assert answer.notes == ("No methods answer this; these are the models that do.",)


def test_yes_and_no(asker: Asker) -> None:
    assert asker.ask("does TreeGRPO outperform PPO").notes == ("Yes; the rows say where.",)
    answer = asker.ask("does PPO outperform TreeGRPO")
    assert answer.rows == () and answer.notes == ("Nothing in the graph says so.",)


def test_relative_values_are_shown_only_where_there_are_no_others(asker: Asker) -> None:
    answer = asker.ask("best method by latency")
    assert answer.names() == ["FastServe-Lite"]
    assert any("relative" in note for note in answer.notes)
    best = asker.ask("worst method on MATH500 by accuracy")
    assert [row[3] for row in best.rows] == ["88.2%"]


@pytest.mark.slow
def test_the_same_question_has_the_same_answer_twice(asker: Asker) -> None:
    for group in read("phrasings.yaml"):
        assert asker.ask(group["questions"][0]) == asker.ask(group["questions"][0])


def test_every_fact_is_one_of_the_schema() -> None:
    for fact in kinds().facts.values():
        if fact.edge:
            assert set(itertools.product(fact.subject, fact.object)) <= set(EDGE_TYPES[fact.edge].pairs)
        assert set(fact.subject) | set(fact.object) <= set(NODE_LABELS)
        for ends in filter(None, (fact.result, fact.scored)):
            for edge, labels in ((ends.subject, fact.subject), (ends.object, fact.object)):
                if edge:
                    assert {("Result", label) for label in labels} <= set(EDGE_TYPES[edge].pairs)


def test_every_kind_names_a_fact_and_fits_its_ends() -> None:
    table = kinds()
    for rule in (*table.kinds, *table.unnamed):
        fact = table.facts[rule.fact]
        if rule.side in ("subject", "object") and rule.named:
            mine, other = (fact.subject, fact.object) if rule.side == "subject" else (fact.object, fact.subject)
            assert set(rule.named) <= set(mine) and set(rule.answers) <= set(other)


def test_asking_needs_no_language_pipeline() -> None:
    import subprocess
    import sys

    code = "import sys, kg.ask; print([m for m in ('spacy', 'torch', 'onnxruntime', 'neo4j') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
