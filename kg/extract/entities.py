"""The component ``kg_entities``: which mentions of a text name the same thing."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from spacy.language import Language
from spacy.tokens import Doc, Span

from kg.extract.document import LocalEntity
from kg.resolve.abbreviations import find_abbreviations
from kg.resolve.names import name_key, singular_name
from kg.schema import EntityType

_TYPES = frozenset(str(t) for t in EntityType)


@dataclass
class _Group:
    spans: list[Span] = field(default_factory=list)
    short: str | None = None


@Language.component("kg_entities")
def group_mentions(doc: Doc) -> Doc:
    """Set ``doc._.analysis.entities`` from ``doc.ents``: one entity for each name with its abbreviation.

    Entities with a label that is no type of the schema (a user's own ruler may set one) are left alone.
    """
    doc._.analysis.entities = group(doc, [span for span in doc.ents if span.label_ in _TYPES])
    return doc


def group(doc: Doc, spans: list[Span]) -> list[LocalEntity]:
    """Entities in the order of their first mention; the name is the short form, otherwise the most frequent one."""
    groups: dict[tuple[str, str], _Group] = defaultdict(_Group)
    key_of: dict[tuple[int, int], tuple[str, str]] = {}
    for span in spans:
        key = (span.label_, name_key(span.text, EntityType(span.label_)))
        groups[key].spans.append(span)
        key_of[span.start_char, span.end_char] = key
    moved: dict[tuple[str, str], tuple[str, str]] = {}

    def home(key: tuple[str, str]) -> tuple[str, str]:
        while key in moved:
            key = moved[key]
        return key

    for pair in find_abbreviations(doc.text):
        long, short = key_of.get(pair.long), key_of.get(pair.short)
        if long is None or short is None:
            continue
        long, short = home(long), home(short)
        if long != short:
            groups[short].spans += groups.pop(long).spans
            moved[long] = short
        groups[short].short = doc.text[slice(*pair.short)]
    ordered = sorted(groups.values(), key=lambda g: min(s.start for s in g.spans))
    return [_entity(f"e{n}", g) for n, g in enumerate(ordered, 1)]


def _entity(id_: str, group: _Group) -> LocalEntity:
    labels = Counter(s.label_ for s in group.spans)
    kind = max(
        labels, key=lambda name: (labels[name], sum(s._.confidence for s in group.spans if s.label_ == name), name)
    )
    surfaces = Counter(s.text for s in group.spans)
    name = group.short or max(surfaces, key=lambda s: (surfaces[s], -len(s), s))
    places = sorted((s.start_char, s.end_char) for s in group.spans)
    return LocalEntity(id_, singular_name(name), EntityType(kind), places)
