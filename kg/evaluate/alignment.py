"""Which predicted entity of a paper is which annotated one, and when two names or two values are the same."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property

from kg.evaluate.gold import AnnotatedPaper, AnnotatedResult
from kg.schema import EntityType, Record, Relation, RelationType, Result

Unmatched = tuple[str, str]
"""Stands for a predicted entity that is none of the annotated ones."""

End = str | Unmatched
ValueKey = tuple[tuple[float, ...], bool]
RelationKey = tuple[End, RelationType, End]
ResultKey = tuple[End, End, str, ValueKey, str]
"""Subject, benchmark, metric, value and kind."""


def same_name_key(name: str) -> str:
    """Two names with this key in common differ only in case, hyphens, spaces or a plural s."""
    key = re.sub(r"[^0-9a-z+]", "", name.casefold())
    return key[:-1] if len(key) > 3 and key.endswith("s") and not key.endswith("ss") else key


def value_key(value: str) -> ValueKey:
    r"""The numbers in a value and whether it is a percentage: "50\%" and "50 %" are the same."""
    plain = value.replace(",", "").replace("\\%", "%")
    return tuple(float(number) for number in re.findall(r"\d+(?:\.\d+)?", plain)), "%" in plain


class Alignment:
    """One annotated paper beside what was predicted for it.

    Entities are paired one to one: the same type and at least one surface in common, most surfaces in common first.
    """

    def __init__(self, gold: AnnotatedPaper, record: Record) -> None:
        self.gold, self.record = gold, record
        self.mentioned = {mention.entity for mention in record.mentions}
        """The entities with a mention; a metric that a result only implies has none."""

    @cached_property
    def gold_types(self) -> dict[str, EntityType]:
        """The type of each annotated canonical name."""
        types: dict[str, EntityType] = {}
        for _, type_, canonical, _ in self.gold.entities:
            types.setdefault(canonical, type_)
        return types

    @cached_property
    def pairs(self) -> dict[str, str]:
        """The canonical name of each predicted entity id that is an annotated entity."""
        gold_surfaces: dict[str, set[str]] = defaultdict(set)
        for surface, _, canonical, _ in self.gold.entities:
            gold_surfaces[canonical].add(same_name_key(surface))
        surfaces = {entity.id: {same_name_key(entity.name)} for entity in self.record.entities}
        for mention in self.record.mentions:
            if mention.entity in surfaces:
                surfaces[mention.entity].add(same_name_key(mention.text))
        types = {entity.id: entity.type for entity in self.record.entities}
        offers = [
            (-len(common), canonical, id_)
            for canonical, names in gold_surfaces.items()
            for id_, type_ in types.items()
            if type_ == self.gold_types[canonical] and (common := names & surfaces[id_])
        ]
        taken: set[str] = set()
        pairs: dict[str, str] = {}
        for _, canonical, id_ in sorted(offers):
            if canonical not in taken and id_ not in pairs:
                taken.add(canonical)
                pairs[id_] = canonical
        return pairs

    @cached_property
    def gold_results(self) -> dict[ResultKey, AnnotatedResult]:
        """The annotated results by what has to agree."""
        return {
            (subject, benchmark, same_name_key(metric), value_key(value), kind): annotated
            for annotated in self.gold.results
            for subject, benchmark, metric, value, kind, _ in [annotated]
        }

    @cached_property
    def relations(self) -> dict[RelationKey, Relation]:
        """The predicted relations between annotated names."""
        return {(self.as_gold(r.subject), r.type, self.as_gold(r.object)): r for r in self.record.relations}

    @cached_property
    def results(self) -> dict[ResultKey, Result]:
        """The predicted results by what has to agree."""
        return {
            (
                self.as_gold(r.subject),
                self.as_gold(r.benchmark),
                self._metric_key(r.metric),
                value_key(r.value),
                r.kind,
            ): r
            for r in self.record.results
        }

    def as_gold(self, id_: str | None) -> End:
        """The canonical name that a predicted id stands for; "" for no entity."""
        if not id_:
            return ""
        return self.pairs.get(id_, ("unmatched", id_))

    def name(self, id_: str) -> str:
        """The name of a predicted entity; the id itself where the record has no such entity."""
        return next((entity.name for entity in self.record.entities if entity.id == id_), id_)

    def _metric_key(self, id_: str | None) -> str:
        """The key of a predicted metric's name: the annotated name where it is paired, else its own."""
        return same_name_key(self.pairs.get(id_) or self.name(id_)) if id_ else ""
