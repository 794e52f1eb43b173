"""The component ``kg_entities``: which mentions of a text name the same thing."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from shutil import copy

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.aliases import Name, find_pairs
from kg.extract.document import LocalEntity, text_of, title_end
from kg.extract.network import AliasNetwork
from kg.resolve.abbreviations import find_abbreviations
from kg.resolve.names import name_key, singular_name
from kg.schema import EntityType

_TYPES = frozenset(str(t) for t in EntityType)


@dataclass(frozen=True)
class Place:
    """A mention of one text: [start, end) in code points, its type, confidence and name (what it says, or more)."""

    start: int
    end: int
    type: EntityType
    name: str
    confidence: float = 1.0


@dataclass
class Group:
    """Mentions of one thing; ``short`` is its abbreviation where the text defines one."""

    places: list[Place] = field(default_factory=list)
    short: str | None = None


@dataclass(frozen=True)
class AliasSettings:
    """``threshold``: the least probability at which two names that no rule joins are of one thing."""

    threshold: float = 0.5


def group(text: str, places: Sequence[Place]) -> list[Group]:
    """Mentions of one name together, and names with the abbreviations that the text defines; by first mention."""
    groups: dict[tuple[str, str], Group] = defaultdict(Group)
    key_of: dict[tuple[int, int], tuple[str, str]] = {}
    for place in places:
        key = str(place.type), name_key(place.name, place.type)
        groups[key].places.append(place)
        key_of[place.start, place.end] = key
    moved: dict[tuple[str, str], tuple[str, str]] = {}

    def home(key: tuple[str, str]) -> tuple[str, str]:
        while key in moved:
            key = moved[key]
        return key

    for pair in find_abbreviations(text):
        long, short = key_of.get(pair.long), key_of.get(pair.short)
        if long is None or short is None:
            continue
        long, short = home(long), home(short)
        if long != short:
            groups[short].places += groups.pop(long).places
            moved[long] = short
        groups[short].short = text[slice(*pair.short)]
    return sorted(groups.values(), key=_first)


def names_of(text: str, title: int, groups: Sequence[Group]) -> list[Name]:
    """The groups as names, for ``kg.extract.aliases``; ``title`` is where the title ends."""
    names = []
    for each in groups:
        spans = tuple(sorted((p.start, p.end) for p in each.places))
        names.append(Name(text, title, _type(each), tuple(sorted({p.name for p in each.places})), spans))
    return names


def merge(groups: Sequence[Group], pairs: Iterable[tuple[int, int]]) -> list[Group]:
    """Join the groups of each pair, and what they were joined with before."""
    home = list(range(len(groups)))

    def root(number: int) -> int:
        while home[number] != number:
            number = home[number]
        return number

    for a, b in pairs:
        first, second = sorted((root(a), root(b)))
        home[second] = first
    joined = [Group() for _ in groups]
    for number, each in enumerate(groups):
        target = joined[root(number)]
        target.places += each.places
        target.short = target.short or each.short
    return sorted((g for g in joined if g.places), key=_first)


def _first(group: Group) -> int:
    return min(p.start for p in group.places)


def _type(group: Group) -> EntityType:
    count = Counter(p.type for p in group.places)
    weight: Counter[EntityType] = Counter()
    for place in group.places:
        weight[place.type] += place.confidence  # type: ignore[assignment]
    return max(count, key=lambda kind: (count[kind], weight[kind], kind))


def _entity(id_: str, group: Group) -> LocalEntity:
    spans = sorted((p.start, p.end) for p in group.places)
    names = Counter(p.name for p in group.places)
    name = group.short or max(names, key=lambda s: (names[s], -len(s), s))
    return LocalEntity(id_, singular_name(name), _type(group), spans)


@Language.factory("kg_entities")
def make_entities(nlp: Language, name: str) -> EntitiesPipe:
    """Make the component; it joins names by rules alone until a trained network is read."""
    return EntitiesPipe(name)


class EntitiesPipe:
    """Sets ``doc._.analysis.entities`` from ``doc.ents``: one entity for each name with its other names.

    Entities with a label that is no type of the schema (a user's own ruler may set one) are left alone.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.settings = AliasSettings()
        self.network: AliasNetwork | None = None
        self._folder: Path | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Group the mentions of one document."""
        text = text_of(doc)
        full = doc._.analysis.names
        places = []
        for span in doc.ents:
            if span.label_ in _TYPES:
                start, end = span.start_char, span.end_char
                name = full.get((start, end), span.text)
                places.append(Place(start, end, EntityType(span.label_), name, span._.confidence))
        groups = group(text, places)
        if self.network is not None:
            pairs, features = find_pairs(names_of(text, title_end(doc), groups))
            chances = self.network.score(features)
            same = [(c, pair) for c, pair in zip(chances.tolist(), pairs, strict=True) if c >= self.settings.threshold]
            groups = merge(groups, [pair for _, pair in sorted(same, key=lambda item: (-item[0], item[1]))])
        doc._.analysis.entities = [_entity(f"e{number}", g) for number, g in enumerate(groups, 1)]
        return doc

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        """Write ``entities.json`` and, if there is a network, ``aliases.onnx`` into ``path``."""
        path.mkdir(parents=True, exist_ok=True)
        (path / "entities.json").write_text(json.dumps(asdict(self.settings)) + "\n", encoding="utf-8")
        if self._folder is not None:
            copy(self._folder / "aliases.onnx", path / "aliases.onnx")

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> EntitiesPipe:
        """Read what ``to_disk`` wrote; a folder without a network leaves the rules alone."""
        folder = Path(path)
        settings = folder / "entities.json"
        if settings.is_file():
            self.settings = AliasSettings(**json.loads(settings.read_text(encoding="utf-8")))
        if (folder / "aliases.onnx").is_file():
            self.network, self._folder = AliasNetwork(folder / "aliases.onnx"), folder
        return self
