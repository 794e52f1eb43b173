"""The scores of an extraction: what is compared with what, paper by paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Set

from kg.corpus.identity import title_key
from kg.evaluate.alignment import Alignment
from kg.evaluate.gold import AnnotatedPaper
from kg.evaluate.scores import Score, Tally, b_cubed
from kg.schema import EntityType, Record, RelationType, Role

Compared = tuple[str, Set[Hashable], Set[Hashable]]
"""The name of a score, what is annotated, what is predicted."""


def align(gold: Iterable[AnnotatedPaper], predicted: Iterable[Record]) -> Iterator[Alignment]:
    """Each annotated paper beside its prediction; one without a prediction counts as all missed.

    Papers are paired by title, so that a prediction may use ids of its own.
    """
    records = {title_key(record.title): record for record in predicted}
    for paper in gold:
        nothing = Record(id=paper.id, title=paper.title, abstract=paper.abstract)
        yield Alignment(paper, records.get(title_key(paper.title), nothing))


def evaluate(gold: Iterable[AnnotatedPaper], predicted: Iterable[Record]) -> dict[str, Score]:
    """Scores predictions against annotations.

    A mention is right if its offsets and type are; an entity if its type is and a surface agrees; a relation if both
    its ends and its type are; a whole result if its ends, metric, numbers and kind are.

    Args:
        gold: the annotated papers.
        predicted: extraction records; those of papers that are not annotated are passed over.

    Returns:
        Micro-averaged scores by name (``mention``, ``mention.Method`` … ``result``), and ``resolution``, the B-cubed
        score of entity ids across papers.
    """
    tallies: dict[str, Tally] = defaultdict(Tally)
    links: list[tuple[Hashable, Hashable]] = []
    for alignment in align(gold, predicted):
        for name, annotated, found in _compare(alignment):
            tallies[name].add(annotated, found)
        links += [((alignment.gold_types[canonical], canonical), id_) for id_, canonical in alignment.pairs.items()]
    return {name: tally.score for name, tally in tallies.items()} | {"resolution": b_cubed(links)}


def _compare(alignment: Alignment) -> Iterator[Compared]:
    yield from _mentions(alignment)
    yield from _entities(alignment)
    yield from _relations(alignment)
    yield from _results(alignment)


def _mentions(alignment: Alignment) -> Iterator[Compared]:
    annotated = alignment.gold.mention_spans
    found = {(mention.start, mention.end, mention.type) for mention in alignment.record.mentions}
    yield "mention", annotated, found
    for type_ in EntityType:
        yield f"mention.{type_}", {m for m in annotated if m[2] == type_}, {m for m in found if m[2] == type_}


def _entities(alignment: Alignment) -> Iterator[Compared]:
    types = alignment.gold_types
    found = [entity for entity in alignment.record.entities if entity.id in alignment.mentioned]
    yield "entity", types.keys(), {alignment.as_gold(entity.id) for entity in found}
    for type_ in EntityType:
        yield (
            f"entity.{type_}",
            {canonical for canonical, its_type in types.items() if its_type == type_},
            {alignment.as_gold(entity.id) for entity in found if entity.type == type_},
        )
    annotated = {canonical: role for _, _, canonical, role in alignment.gold.entities}.items()
    roles = {(alignment.as_gold(entity.id), entity.role) for entity in found}
    yield "role", set(annotated), roles
    yield "role.proposed", {c for c, r in annotated if r == Role.PROPOSED}, {c for c, r in roles if r == Role.PROPOSED}


def _relations(alignment: Alignment) -> Iterator[Compared]:
    annotated = set(alignment.gold.relations)
    found = alignment.relations.keys()
    yield "relation", annotated, found
    for type_ in RelationType:
        yield f"relation.{type_}", {r for r in annotated if r[1] == type_}, {r for r in found if r[1] == type_}


def _results(alignment: Alignment) -> Iterator[Compared]:
    annotated, found = alignment.gold_results.keys(), alignment.results.keys()
    yield "result.value", {r[3:] for r in annotated}, {r[3:] for r in found}
    yield "result.metric+value", {r[2:4] for r in annotated}, {r[2:4] for r in found}
    yield "result", annotated, found
