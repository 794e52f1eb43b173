"""From annotated papers to a packaged pipeline, as a recipe says."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from spacy.language import Language

from kg.corpus import read_papers
from kg.errors import InputError
from kg.evaluate import read_gold
from kg.extract.candidates import TYPES
from kg.extract.encode import Vocabulary
from kg.extract.facts import FactSettings
from kg.extract.lexicon import Lexicon
from kg.extract.mentions import MentionSettings
from kg.extract.words import split_words
from kg.resolve import load_registry
from kg.resources import resource
from kg.schema import Record
from kg.train.data import implied_metrics, make_example
from kg.train.memory import keep_memory
from kg.train.model import Model
from kg.train.network import base_folder
from kg.train.package import package
from kg.train.pretrain import PretrainPlan, pretrain
from kg.train.trainer import Plan, fit
from kg.train.tune import tune_facts, tune_mentions

_log = logging.getLogger(__name__)


class Recipe(BaseModel):
    """What is not in the data: the name and version of the pipeline, and how its network is trained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    pretrain: PretrainPlan | None = None
    fit: Plan = Plan()

    @classmethod
    def read(cls, file: Path | None = None) -> Recipe:
        """Read a recipe; None reads the one of the pipeline that ships with the package.

        Raises:
            InputError: the file is missing or says what a recipe cannot say.
        """
        path = file or resource("config") / "train" / "kg_papers.yaml"
        try:
            return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise InputError("the recipe cannot be read", "name a file that exists", file=path) from error
        except (yaml.YAMLError, ValidationError) as error:
            raise InputError(
                f"this is no recipe: {error}", "see config/train/kg_papers.yaml for one", file=path
            ) from error


def registry_lexicon() -> Lexicon:
    """The names of the registry that ships with the package, as the network's lexicon."""
    names = [(surface, entry.type) for entry in load_registry().entries for surface in entry.surfaces]
    return Lexicon.of(names, lambda name: split_words(name).surfaces)


def train(
    gold: Sequence[str | Path],
    dev: str | Path,
    output: Path,
    *,
    recipe: Recipe | None = None,
    unlabelled: Sequence[Path] = (),
) -> Language:
    """Train a pipeline on annotated papers and write it to ``output``.

    Args:
        gold: annotated papers (or extraction records) to train on.
        dev: annotated papers on which thresholds and calibration are chosen; never trained on.
        output: the folder to write, which must not hold a pipeline yet.
        recipe: how to train; the shipped pipeline's own by default.
        unlabelled: JSON lines of papers for continued pretraining; without them it is left out.

    Returns:
        The pipeline, loaded.

    Raises:
        InputError: an input cannot be read, holds no annotated paper, or ``output`` is taken.
    """
    recipe = recipe or Recipe.read()
    if (output / "config.cfg").exists():
        raise InputError("a pipeline is there already", "name another folder, or remove it", file=output)
    held_out = list(read_gold(dev))
    apart = {paper.title.casefold() for paper in held_out}
    records = [p for p in read_papers(list(gold)) if isinstance(p, Record) and p.title.casefold() not in apart]
    if not records:
        raise InputError("there is no annotated paper to train on", "name files of annotated papers", file=str(gold[0]))
    keep_memory()
    with tempfile.TemporaryDirectory() as temporary:
        encoder = None
        if recipe.pretrain is not None and unlabelled:
            encoder = Path(temporary) / "encoder.safetensors"
            pretrain(list(unlabelled), encoder, recipe.pretrain, without=apart)
        implied = implied_metrics(records)
        vocabulary = Vocabulary.read(base_folder() / "tokenizer.json")
        lexicon = registry_lexicon()
        examples = [make_example(record, vocabulary, lexicon.tag, implied) for record in records]
        torch.manual_seed(recipe.fit.seed)
        model = fit(Model(encoder, implied=len(implied)), examples, recipe.fit)
    mentions = MentionSettings([str(t) for t in TYPES], ())
    facts = FactSettings(implied=implied)
    with tempfile.TemporaryDirectory() as temporary:
        draft = package(
            model,
            Path(temporary),
            name=recipe.name,
            version=recipe.version,
            lexicon=lexicon,
            mentions=mentions,
            facts=facts,
        )
        mentions = tune_mentions(draft, held_out, mentions)
        draft.get_pipe("kg_mentions").settings = mentions  # type: ignore[attr-defined]
        facts = tune_facts(draft, held_out, facts)
        draft.get_pipe("kg_facts").settings = facts  # type: ignore[attr-defined]
        draft.to_disk(output)
    return draft
