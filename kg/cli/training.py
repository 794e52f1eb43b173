"""``kg train``."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.output import note
from kg.extras import needs_extra


def register(app: typer.Typer) -> None:
    """Adds the command of this module."""
    app.command(short_help="Train an extraction pipeline on annotated texts.")(train)


def train(
    gold: Annotated[
        list[Path], typer.Option("--gold", metavar="FILE", help="Annotated texts to train on; may be repeated.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where the pipeline goes.")],
    dev: Annotated[
        list[Path] | None,
        typer.Option("--dev", metavar="FILE", help="Texts to choose thresholds on; else a tenth of the gold."),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option("--recipe", metavar="NAME", help="A recipe that ships (kg_papers, spans) or a file."),
    ] = None,
    unlabelled: Annotated[
        list[Path] | None,
        typer.Option("--unlabelled", metavar="FILE", help="JSON lines of papers to pretrain on; may be repeated."),
    ] = None,
    teacher: Annotated[
        list[Path] | None,
        typer.Option("--teacher", metavar="FOLDER", help="A pipeline to learn from; may be repeated."),
    ] = None,
) -> None:
    """Example: kg train --gold train.jsonl --dev dev.jsonl --output my-pipeline

    Trains a pipeline that `kg build --pipeline my-pipeline` uses. Gold is papers annotated as the guidelines say, which
    gives the whole pipeline; or JSON lines or CoNLL (token, offset, BIO tag) with spans of any types, which gives one
    that finds such spans. With --teacher, other pipelines annotate papers of --unlabelled to learn from. It takes hours
    on a processor and needs the extra `train`. Stopped with Ctrl-C, it goes on when the same command is given again.
    """
    with needs_extra("train", "training"):
        from kg.train import Recipe
        from kg.train import train as run
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    chosen = None if recipe is None else Recipe.read(Recipe.find(recipe))
    run(list(gold), output, dev=dev or (), recipe=chosen, unlabelled=unlabelled or (), teachers=teacher or ())
    note(f"wrote {output}")
