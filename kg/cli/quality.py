"""The command that measures: ``kg evaluate``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.options import Format, Shape
from kg.cli.output import show_json, show_rows
from kg.cli.progress import progress

if TYPE_CHECKING:
    from kg.evaluate import Score


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command(short_help="Score the extraction against annotated papers.")(evaluate)


def evaluate(
    gold: Annotated[str, typer.Option("--gold", metavar="FILE", help="Annotated papers, one JSON object a line.")],
    pred: Annotated[
        str | None,
        typer.Option("--pred", metavar="FILE", help="Extraction records to score, instead of extracting them now."),
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="List every error with its text instead of scores.")] = False,
    pipeline: Annotated[
        str | None, typer.Option("--model", "--pipeline", metavar="NAME", help="The pipeline, by name or folder.")
    ] = None,
    format: Format = Shape.TABLE,
) -> None:
    """Example: kg evaluate --gold dev.jsonl

    Precision, recall and F1, in percent, of mentions, entities, roles, relations and results, and of the resolution of
    names across papers (B-cubed). With --errors: what was missed, what is spurious, and where a boundary, a type or a
    role is wrong. A pipeline trained on spans alone is scored by exact spans, on JSON lines or CoNLL.
    """
    from kg.corpus import read_papers
    from kg.evaluate import evaluate as score
    from kg.evaluate import find_errors, read_gold
    from kg.extraction import extract_records
    from kg.schema import Record

    if pred is None and pipeline is not None and _finds_spans_alone(pipeline):
        _evaluate_spans(gold, pipeline, format)
        return
    annotated = list(read_gold(gold))
    if pred is None:
        predicted = list(extract_records((a.paper for a in annotated), pipeline=pipeline, progress=progress()))
    else:
        predicted = [paper for paper in read_papers([pred]) if isinstance(paper, Record)]
    if errors:
        columns = ("paper", "what", "kind", "error", "text")
        rows = [(e.paper, e.what, e.kind, e.text, e.context) for e in find_errors(annotated, predicted)]
        show_rows(columns, rows, format)
        return
    _show_scores(score(annotated, predicted), format)


def _finds_spans_alone(pipeline: str) -> bool:
    from kg.extract import load_pipeline

    return not load_pipeline(pipeline).has_pipe("kg_facts")


def _evaluate_spans(gold: str, pipeline: str, format: Shape) -> None:
    from kg.evaluate.spans import read_spans, score_spans
    from kg.extract import load_pipeline

    _show_scores(score_spans(load_pipeline(pipeline), read_spans(gold)), format)


def _show_scores(table: Mapping[str, Score], format: Shape) -> None:
    scores = {
        name: {
            "precision": round(100 * s.precision, 1),
            "recall": round(100 * s.recall, 1),
            "f1": round(100 * s.f1, 1),
            "annotated": s.annotated,
            "predicted": s.predicted,
        }
        for name, s in table.items()
    }
    if format is Shape.JSON:
        show_json(scores)
    else:
        show_rows(
            ("score", "precision", "recall", "F1", "annotated", "predicted"),
            [(name, *row.values()) for name, row in scores.items()],
            format,
        )
