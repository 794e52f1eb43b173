"""``kg train``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.output import note
from kg.errors import InputError


def register(app: typer.Typer) -> None:
    """Adds the command of this module."""
    app.command(short_help="Train an extraction pipeline on annotated papers.")(train)


def train(
    gold: Annotated[list[str], typer.Argument(metavar="GOLD…", help="Annotated papers to train on.")],
    dev: Annotated[Path, typer.Option("--dev", metavar="FILE", help="Annotated papers to choose thresholds on.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where the pipeline goes.")],
    recipe: Annotated[
        Path | None, typer.Option("--recipe", metavar="FILE", help="How to train; by default as what ships was.")
    ] = None,
    unlabelled: Annotated[
        list[Path] | None,
        typer.Option("--unlabelled", metavar="FILE", help="JSON lines of papers to pretrain on; may be repeated."),
    ] = None,
) -> None:
    """Example: kg train train.jsonl --dev dev.jsonl -o my-pipeline

    Trains a pipeline that `kg build --pipeline my-pipeline` uses. It takes hours on a processor, and needs packages
    that using a pipeline does not: install the extra `train`.
    """
    try:
        from kg.train import Recipe
        from kg.train import train as run
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("kg"):
            raise
        cure = "install the extra: pip install 'paperkg[train]'"
        raise InputError(f"training needs the package {missing.name}, which is not installed", cure) from None
    run(list(gold), dev, output, recipe=Recipe.read(recipe), unlabelled=unlabelled or ())
    note(f"wrote {output}")
