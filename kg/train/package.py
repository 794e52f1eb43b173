"""A trained network → the folder of a pipeline that ``spacy.load`` takes."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from shutil import copy
from typing import Protocol

from spacy.language import Language

from kg.extract.facts import FactSettings
from kg.extract.known import KNOWN_NAMES, KnownNames
from kg.extract.lexicon import Lexicon
from kg.extract.mentions import MentionSettings
from kg.extract.pipeline import COMPONENTS, blank_pipeline, load_pipeline
from kg.train.base import BaseName, base_folder
from kg.train.export import export
from kg.train.model import Model


class Named(Protocol):
    """What has the name, the version and the base encoder of a pipeline: a recipe."""

    @property
    def name(self) -> str:
        """The name."""

    @property
    def version(self) -> str:
        """The version."""

    @property
    def base(self) -> BaseName:
        """The base encoder, whose vocabulary the pipeline keeps."""


def package(
    model: Model,
    folder: Path,
    *,
    recipe: Named,
    lexicon: Lexicon,
    mentions: MentionSettings,
    facts: FactSettings | None,
    aliases: Path | None = None,
    known: KnownNames | None = None,
    int8: bool = True,
) -> Language:
    """Write the pipeline that ``recipe`` names into ``folder`` and return it loaded.

    ``mentions`` and ``facts`` are taken but for what the model itself knows: types and transitions. Without
    ``facts`` the pipeline finds mentions and nothing else; without ``aliases`` (a network from ``train_aliases``) names
    are joined by rules alone, and without ``known`` every name counts as new.
    """
    with tempfile.TemporaryDirectory() as temporary:
        parts = Path(temporary)
        export(model, parts, int8=int8)
        copy(base_folder(recipe.base) / "tokenizer.json", parts / "tokenizer.json")
        (parts / "lexicon.json").write_text(json.dumps(lexicon.to_json(), ensure_ascii=False), encoding="utf-8")
        entity, value = ([[round(x, 4) for x in row] for row in c.transitions().tolist()] for c in model.fields())
        settings = asdict(mentions) | {"types": model.types, "transitions": entity}
        (parts / "mentions.json").write_text(json.dumps(settings), encoding="utf-8")
        trained = ["kg_encoder", "kg_mentions"]
        if facts is not None:
            (parts / "facts.json").write_text(
                json.dumps(asdict(facts) | {"value_transitions": value}), encoding="utf-8"
            )
            if aliases is not None:
                copy(aliases, parts / "aliases.onnx")
            if known is not None:
                known.to_disk(parts / KNOWN_NAMES)
            trained += ["kg_entities", "kg_facts"]
        nlp = blank_pipeline(COMPONENTS if facts is not None else ("kg_sentences", *trained))
        nlp.meta["name"], nlp.meta["version"] = recipe.name, recipe.version
        for component in trained:
            nlp.get_pipe(component).from_disk(parts)  # type: ignore[attr-defined]
        nlp.to_disk(folder)
    return load_pipeline(folder)
