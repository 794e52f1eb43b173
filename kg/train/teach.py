"""Unlabelled papers annotated by trained pipelines, for another to learn from.

What several networks say together is better than what each of them says; one network that learns from their judgement
of many texts keeps part of that (Hinton et al., 2015; Kim and Rush, 2016).
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.document import make_doc
from kg.extract.pipeline import record_of
from kg.schema import Paper, Record
from kg.train.data import Example

_log = logging.getLogger(__name__)
_READ, _FOUND = ("kg_sentences", "kg_encoder"), ("kg_mentions", "kg_entities", "kg_facts")
_AT_ONCE = 64


@dataclass(frozen=True)
class TeachPlan:
    """How many unlabelled ``papers`` the teachers annotate, and ``threshold`` on the probability of a name.

    ``annotated`` is how often a paper that people annotated is read while each of those is read once.
    """

    papers: int
    threshold: float = 0.5
    annotated: int = 2
    seed: int = 1


def teach(
    teachers: Sequence[Language],
    papers: Sequence[Paper],
    plan: TeachPlan,
    make: Callable[[Record], Example],
    file: Path,
) -> list[Example]:
    """Examples of ``papers`` as the teachers see them together.

    Their scores of tags are averaged, and so are their probabilities of roles and of relations, which stay
    probabilities. Which number belongs to what is as the first of them says. ``file`` keeps the papers that are done
    (JSON lines); a second call goes on after them.
    """
    file.touch()
    whole = file.read_bytes()
    whole = whole[: whole.rfind(b"\n") + 1]  # a call that was killed may have left half a line
    done = whole.count(b"\n")
    file.write_bytes(whole)
    if done:
        _log.info("teachers go on after %d of %d papers", done, len(papers))
    _average_fields(teachers, plan.threshold)
    began = time.monotonic()
    with file.open("a", encoding="utf-8") as lines:
        for start in range(done, len(papers), _AT_ONCE):
            for record, roles, relations in _judge(teachers, papers[start : start + _AT_ONCE], make):
                row = {"record": record.model_dump(mode="json"), "roles": roles, "relations": relations}
                lines.write(json.dumps(row) + "\n")
            if start // _AT_ONCE % 8 == 7:
                rate = (start + _AT_ONCE - done) / (time.monotonic() - began)
                _log.info("teachers: %d of %d papers, %.1f papers/s", start + _AT_ONCE, len(papers), rate)
    with file.open(encoding="utf-8") as lines:
        return [example for line in lines if (example := _example(json.loads(line), make)) is not None]


def _example(row: dict[str, object], make: Callable[[Record], Example]) -> Example | None:
    example = make(Record.model_validate(row["record"]))
    if not len(example.roles):
        return None
    roles, relations = (np.array(row[name], np.float32) for name in ("roles", "relations"))
    return replace(example, roles=roles, relations=relations.reshape(example.relations.shape))


def _judge(
    teachers: Sequence[Language], papers: Sequence[Paper], make: Callable[[Record], Example]
) -> Iterator[tuple[Record, list[list[float]], list[list[float]]]]:
    read = [_pipe(nlp, [make_doc(nlp, paper) for paper in papers], _READ) for nlp in teachers]
    vectors = [[doc._.analysis.reading.vectors for doc in docs] for docs in read]
    for together in zip(*read, strict=True):
        readings = [doc._.analysis.reading for doc in together]
        entity, value = (np.mean([getattr(r, name) for r in readings], axis=0) for name in ("entity", "value"))
        together[0]._.analysis.reading = replace(readings[0], entity=entity, value=value)
    for paper, doc, *own in zip(papers, _pipe(teachers[0], read[0], _FOUND), *vectors, strict=True):
        record = record_of(paper, doc)
        candidates = make(record).candidates
        if not len(candidates.entity_spans):
            yield record, [], []
            continue
        scores = [
            nlp.get_pipe("kg_facts").heads.score(words, candidates)  # type: ignore[attr-defined]
            for nlp, words in zip(teachers, own, strict=True)
        ]
        roles = np.mean([s.role_chances() for s in scores], axis=0)
        relations = np.mean([s.relation_chances() for s in scores], axis=0)
        yield record, roles.round(4).tolist(), relations.round(4).tolist()


def _average_fields(teachers: Sequence[Language], threshold: float) -> None:
    """Let the first teacher decode by the mean of all fields."""
    mentions, facts = ([nlp.get_pipe(name) for nlp in teachers] for name in ("kg_mentions", "kg_facts"))
    of_names = np.mean([pipe.settings.transitions for pipe in mentions], axis=0)  # type: ignore[attr-defined]
    of_values = np.mean([pipe.settings.value_transitions for pipe in facts], axis=0)  # type: ignore[attr-defined]
    first, second = mentions[0], facts[0]
    first.settings = replace(first.settings, transitions=of_names.tolist(), threshold=threshold)  # type: ignore[attr-defined]
    second.settings = replace(second.settings, value_transitions=of_values.tolist())  # type: ignore[attr-defined]


def _pipe(nlp: Language, docs: Sequence[Doc], components: Sequence[str]) -> list[Doc]:
    with nlp.select_pipes(enable=list(components)):
        return list(nlp.pipe(docs))
