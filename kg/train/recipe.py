"""From annotated papers to a packaged pipeline, as a recipe says."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import torch
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from spacy.language import Language

from kg.corpus import read_papers
from kg.errors import InputError
from kg.evaluate import read_gold
from kg.evaluate.spans import SpanText, read_spans, types_of
from kg.extract.encode import Vocabulary
from kg.extract.facts import FactSettings
from kg.extract.known import KNOWN_NAMES, KnownNames
from kg.extract.lexicon import Lexicon
from kg.extract.mentions import MentionSettings
from kg.extract.pipeline import load_pipeline
from kg.extract.words import split_words
from kg.resolve import load_registry
from kg.resources import resource
from kg.schema import EntityType, Paper, Record
from kg.train.aliases import train_aliases
from kg.train.base import BaseName, base_folder
from kg.train.checkpoint import work_folder
from kg.train.data import Example, implied_metrics, make_example, make_span_example
from kg.train.export import export_heads
from kg.train.heads_alone import HeadsPlan, fit_heads
from kg.train.memory import keep_memory
from kg.train.model import Model
from kg.train.package import package
from kg.train.pretrain import PretrainPlan, pretrain, read_unlabelled
from kg.train.teach import TeachPlan, teach
from kg.train.trainer import Plan, fit
from kg.train.tune import tune_facts, tune_mentions


class Recipe(BaseModel):
    """What is not in the data: the pipeline's name and version, its base encoder, and how its network is trained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    base: BaseName = "minilm-l6"
    pretrain: PretrainPlan | None = None
    teach: TeachPlan | None = None
    fit: Plan = Plan()
    heads: HeadsPlan | None = None

    @staticmethod
    def find(name: str) -> Path:
        """The file of a recipe that ships with the package, otherwise ``name`` itself as a path."""
        shipped = resource("config") / "train" / f"{name}.yaml"
        return shipped if shipped.is_file() else Path(name)

    @classmethod
    def read(cls, file: Path | None = None) -> Recipe:
        """Read a recipe; None reads the one of the pipeline that ships with the package.

        Raises:
            InputError: the file is missing or says what a recipe cannot say.
        """
        path = file or cls.find("kg_papers")
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


def known_names_file() -> Path:
    """How often names stand in the papers of the field: counted in 109,558 abstracts, none of them annotated."""
    return resource("config") / "train" / KNOWN_NAMES


def train(
    gold: Sequence[str | Path],
    output: Path,
    *,
    dev: Sequence[str | Path] = (),
    recipe: Recipe | None = None,
    unlabelled: Sequence[Path] = (),
    teachers: Sequence[Path] = (),
) -> Language:
    """Train a pipeline on annotated texts and write it to ``output``.

    What is done so far is kept in a folder beside ``output``; a call that was stopped goes on when it is made again.

    Papers annotated as the guidelines say give the whole pipeline. Texts with spans of any types alone (see
    ``kg.evaluate.spans``) give one that finds such spans.

    Args:
        gold: annotated texts to train on.
        output: the folder to write, which must not hold a pipeline yet.
        dev: annotated texts on which thresholds and calibration are chosen; never trained on. Without them every tenth
            of ``gold`` is set apart for that.
        recipe: how to train; ``kg_papers`` or, for spans alone, ``spans`` by default.
        unlabelled: JSON lines of papers for continued pretraining; without them it is left out.
        teachers: folders of whole pipelines that annotate some of ``unlabelled`` for this one to learn from.

    Returns:
        The pipeline, loaded.

    Raises:
        InputError: an input cannot be read, holds nothing annotated, or ``output`` is taken.
    """
    papers = all(_is_paper(Path(file)) for file in gold)
    recipe = recipe or Recipe.read(Recipe.find("kg_papers" if papers else "spans"))
    if (output / "config.cfg").exists():
        raise InputError("a pipeline is there already", "name another folder, or remove it", file=output)
    if teachers and not (papers and unlabelled):
        raise InputError("there is nothing to teach by", "give annotated papers and --unlabelled", file=teachers[0])
    keep_memory()
    files = [Path(file) for file in (*gold, *dev, *unlabelled)]
    for file in files:
        if not file.is_file():
            raise InputError("there is no such file", "name annotated texts that exist", file=file)
    files += [file for teacher in teachers for file in sorted(teacher.rglob("*")) if file.is_file()]
    with work_folder(output, recipe.model_dump_json(), files) as folder:
        if papers:
            draft = _train_papers(gold, dev, folder, recipe, unlabelled, [load_pipeline(name) for name in teachers])
        else:
            draft = _train_spans(gold, dev, folder, recipe, unlabelled)
        # The vocabulary holds the words of every text that was read here, which are nobody's to ship.
        draft.to_disk(output, exclude=["vocab"])
    return load_pipeline(output)


def _is_paper(file: Path) -> bool:
    """Whether the first line of a file is a paper annotated with roles, or an extraction record."""
    try:
        with file.open(encoding="utf-8") as lines:
            row = json.loads(next(line for line in lines if line.strip()))
        first = row["entities"][0]
        return "mentions" in row or (len(first) == 4 and first[1] in set(EntityType))
    except (OSError, StopIteration, ValueError, KeyError, IndexError, TypeError):
        return False


def _train_papers(
    gold: Sequence[str | Path],
    dev: Sequence[str | Path],
    folder: Path,
    recipe: Recipe,
    unlabelled: Sequence[Path],
    teachers: Sequence[Language],
) -> Language:
    annotated = [paper for file in gold for paper in read_gold(file)]
    held_out = [paper for file in dev for paper in read_gold(file)] if dev else annotated[9::10]
    apart = {paper.title.casefold() for paper in held_out}
    records = [p for p in read_papers(list(gold)) if isinstance(p, Record) and p.title.casefold() not in apart]
    if not records or not held_out:
        raise InputError("there are not enough annotated papers to train on", "name more of them", file=str(gold[0]))
    implied = implied_metrics(records)
    vocabulary, lexicon = Vocabulary.read(base_folder(recipe.base) / "tokenizer.json"), registry_lexicon()
    known = KnownNames.from_disk(known_names_file())

    def make(record: Record) -> Example:
        return make_example(record, vocabulary, lexicon.tag, implied, known)

    examples = [make(record) for record in records]
    encoder = _encoder(folder, recipe, unlabelled, apart)
    torch.manual_seed(recipe.fit.seed)
    model = Model(encoder, base=recipe.base, implied=len(implied))
    read = examples * (recipe.teach.annotated if recipe.teach else 1)
    if recipe.teach is not None and teachers:
        papers = _papers(unlabelled, recipe.teach, apart | {record.title.casefold() for record in records})
        read += teach(teachers, papers, recipe.teach, make, folder / "taught.jsonl")
    model = fit(model, read, recipe.fit, checkpoint=folder / "fit.part")
    mentions, facts = MentionSettings(model.types, ()), FactSettings(implied=implied)
    aliases = folder / "aliases.onnx"
    train_aliases(records, aliases, seed=recipe.fit.seed)
    draft = package(
        model,
        folder / "draft",
        recipe=recipe,
        lexicon=lexicon,
        mentions=mentions,
        facts=facts,
        aliases=aliases,
        known=known,
    )
    if recipe.heads is not None:
        parts = folder / "draft"
        heads = fit_heads(
            parts / "kg_encoder" / "encoder.onnx", examples, model.encoder.width, len(implied), recipe.heads
        )
        export_heads(heads, model.encoder.width, parts / "kg_facts" / "heads.onnx")
        draft = load_pipeline(parts)
    mentions = tune_mentions(draft, [SpanText.of(paper) for paper in held_out], mentions)
    draft.get_pipe("kg_mentions").settings = mentions  # type: ignore[attr-defined]
    draft.get_pipe("kg_facts").settings = tune_facts(draft, held_out, facts)  # type: ignore[attr-defined]
    return draft


def _papers(unlabelled: Sequence[Path], plan: TeachPlan, without: AbstractSet[str]) -> list[Paper]:
    texts = read_unlabelled(unlabelled, without)
    random.Random(plan.seed).shuffle(texts)  # noqa: S311
    return [Paper(id=f"unlabelled-{i}", title=t, abstract=a) for i, (t, a) in enumerate(texts[: plan.papers])]


def _train_spans(
    gold: Sequence[str | Path], dev: Sequence[str | Path], folder: Path, recipe: Recipe, unlabelled: Sequence[Path]
) -> Language:
    texts = [text for file in gold for text in read_spans(file)]
    if dev:
        held_out = [text for file in dev for text in read_spans(file)]
    else:
        texts, held_out = [t for i, t in enumerate(texts) if i % 10 != 9], texts[9::10]
    types = types_of(texts)
    if not types or not held_out:
        raise InputError("there are not enough annotated texts to train on", "name more of them", file=str(gold[0]))
    vocabulary, lexicon = Vocabulary.read(base_folder(recipe.base) / "tokenizer.json"), registry_lexicon()
    examples = [make_span_example(t, i, vocabulary, lexicon.tag, types) for i, t in enumerate(texts)]
    encoder = _encoder(folder, recipe, unlabelled, set())
    torch.manual_seed(recipe.fit.seed)
    model = Model(encoder, base=recipe.base, types=types, implied=None)
    model = fit(model, examples, recipe.fit, checkpoint=folder / "fit.part")
    settings = MentionSettings(types, ())
    draft = package(model, folder / "draft", recipe=recipe, lexicon=lexicon, mentions=settings, facts=None)
    settings = tune_mentions(draft, held_out, settings)
    draft.get_pipe("kg_mentions").settings = settings  # type: ignore[attr-defined]
    return draft


def _encoder(folder: Path, recipe: Recipe, unlabelled: Sequence[Path], apart: AbstractSet[str]) -> Path | None:
    """The file of an encoder adapted to unlabelled papers; None without them, or if the recipe has no plan for it."""
    if recipe.pretrain is None or not unlabelled:
        return None
    file = folder / "encoder.safetensors"
    if not file.is_file():
        pretrain(list(unlabelled), file, recipe.pretrain, base=recipe.base, without=apart)
    return file
