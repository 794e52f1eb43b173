"""A trained network → the folder of a pipeline that ``spacy.load`` takes."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from shutil import copy

from spacy.language import Language

from kg.extract.facts import FactSettings
from kg.extract.lexicon import Lexicon
from kg.extract.mentions import MentionSettings
from kg.extract.pipeline import blank_pipeline, load_pipeline
from kg.train.export import export
from kg.train.model import Model
from kg.train.network import base_folder


def package(
    model: Model,
    folder: Path,
    *,
    name: str,
    version: str,
    lexicon: Lexicon,
    mentions: MentionSettings,
    facts: FactSettings,
    int8: bool = True,
) -> Language:
    """Write the pipeline ``name`` into ``folder`` and return it loaded.

    ``mentions`` and ``facts`` are taken but for what the model itself knows: types and transitions.
    """
    with tempfile.TemporaryDirectory() as temporary:
        parts = Path(temporary)
        export(model, parts, int8=int8)
        copy(base_folder() / "tokenizer.json", parts / "tokenizer.json")
        (parts / "lexicon.json").write_text(json.dumps(lexicon.to_json(), ensure_ascii=False), encoding="utf-8")
        entity, value = ([[round(x, 4) for x in row] for row in c.transitions().tolist()] for c in model.fields())
        (parts / "mentions.json").write_text(json.dumps(asdict(mentions) | {"transitions": entity}), encoding="utf-8")
        (parts / "facts.json").write_text(json.dumps(asdict(facts) | {"value_transitions": value}), encoding="utf-8")
        nlp = blank_pipeline()
        nlp.meta["name"], nlp.meta["version"] = name, version
        for component in ("kg_encoder", "kg_mentions", "kg_facts"):
            nlp.get_pipe(component).from_disk(parts)  # type: ignore[attr-defined]
        nlp.to_disk(folder)
    return load_pipeline(folder)
