"""Reads the words, kinds of question and facts of ``config/ask/`` into typed tables, once a process."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from kg.ask.intent import Comparison
from kg.ask.text import singular, words_of
from kg.resources import resource

Voice = Literal["active", "passive", "past", "adjective", "names_subject", "names_object"]


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ends(_Config):
    """The edges that join a Result with the subject and the object of a fact; a Paper has its Result anyway."""

    subject: str | None = None
    object: str | None = None


class Fact(_Config):
    """What may join two nodes, and by which edges; ``scored`` has the ends of a result that shows the fact."""

    says: str
    subject: tuple[str, ...]
    object: tuple[str, ...]
    edge: str | None = None
    result: Ends | None = None
    scored: Ends | None = None


class Rule(_Config):
    """A kind of question: what is asked for, how the name is joined to it, and the fact that answers."""

    kind: str
    asked: tuple[str, ...]
    cues: tuple[str, ...]
    named: tuple[str, ...] = ()
    fact: str
    side: Literal["subject", "object", "voice"]
    default: tuple[str, ...] = ()
    only_side: Literal["subject", "object"] | None = None
    labels: tuple[str, ...] = ()
    note: str | None = None
    example: str | None = None

    @property
    def answers(self) -> tuple[str, ...]:
        """The labels that an answer may have."""
        return self.asked or self.labels


class Example(_Config):
    """A question of another form than a list, for suggestions."""

    kind: str
    fact: str
    side: Literal["subject", "object"]
    example: str
    named: tuple[str, ...] = ()


class Kinds(_Config):
    """``config/ask/kinds.yaml``."""

    facts: dict[str, Fact]
    kinds: tuple[Rule, ...]
    unnamed: tuple[Rule, ...]
    forms: tuple[Example, ...]


@dataclass(frozen=True)
class Cue:
    """The sense of words that join a name to what is asked for; a weak one (a preposition) only right before a name;
    a ``postfix`` says after the name what it is used as.
    """

    cls: str
    voice: Voice
    weak: bool = False
    postfix: bool = False


@dataclass(frozen=True)
class Target:
    """The sense of a noun for what is asked for."""

    labels: tuple[str, ...]
    plural: bool


Phrase = tuple[str, ...]


@dataclass
class Vocabulary:
    """Every phrase with its senses: from the kind of sense to its value."""

    phrases: dict[Phrase, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    comparators: dict[Phrase, Comparison] = field(default_factory=dict)
    comparators_after: dict[Phrase, Comparison] = field(default_factory=dict)
    units: dict[Phrase, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    time: dict[str, list[Phrase]] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)
    be: frozenset[str] = frozenset()
    yes_no: frozenset[str] = frozenset()
    lower_is_better: frozenset[str] = frozenset()
    ratios: frozenset[str] = frozenset()
    longest: int = 1
    words: tuple[str, ...] = ()
    """Single words of at least five letters: what a misspelt word may be read as."""

    def add(self, phrase: str, kind: str, value: Any) -> None:
        """Gives a phrase a sense, unless it has one of that kind already."""
        key = tuple(words_of(phrase))
        if key:
            self.phrases[key].setdefault(kind, value)
            self.longest = max(self.longest, len(key))


def _inflect(verb: str) -> tuple[list[str], list[str]]:
    """The present forms and the past form of a regular verb."""
    first, *rest = verb.split(" ")
    tail = "".join(f" {word}" for word in rest)
    stem = first[:-1] if first.endswith("e") else first
    if first.endswith("y") and first[-2] not in "aeiou":
        forms, past = [first, first[:-1] + "ies", first + "ing"], first[:-1] + "ied"
    elif first in {"run", "refer", "top"}:
        forms, past = [first, first + "s", first + first[-1] + "ing"], first + first[-1] + "ed"
    else:
        third = first + ("es" if first.endswith(("s", "sh", "ch", "x")) else "s")
        forms, past = [first, third, stem + "ing"], stem + "ed"
    return [form + tail for form in forms], [past + tail]


def _phrases(entry: Any) -> list[str]:
    return entry.split() if isinstance(entry, str) else list(entry)


def _add_cues(vocabulary: Vocabulary, groups: list[dict[str, Any]]) -> None:
    for group in groups:
        cls, weak = str(group["class"]), bool(group.get("weak"))
        for phrase in group.get("postfix", ()):
            vocabulary.add(str(phrase), "cue", Cue(cls, "names_object", postfix=True))
        for voice in ("names_subject", "names_object", "adjective", "passive", "active"):
            for phrase in group.get(voice, ()):
                vocabulary.add(str(phrase), "cue", Cue(cls, voice, weak))
        for participle in group.get("past", ()):
            vocabulary.add(str(participle), "cue", Cue(cls, "past"))
        for verb in group.get("verbs", ()):
            present, past = _inflect(str(verb))
            for form in present:
                vocabulary.add(form, "cue", Cue(cls, "active"))
            for form in past:
                vocabulary.add(form, "cue", Cue(cls, "past"))


def _add_targets(vocabulary: Vocabulary, groups: list[dict[str, Any]]) -> None:
    for group in groups:
        labels = tuple(group["labels"])
        for noun in group["nouns"]:
            vocabulary.add(noun, "target", Target(labels, singular(noun.split()[-1]) != noun.split()[-1].lower()))
            *first, last = noun.split(" ")
            plural = last[:-1] + "ies" if last.endswith("y") else last + ("es" if last.endswith("ch") else "s")
            vocabulary.add(" ".join([*first, plural]), "target", Target(labels, True))


def _load(path: Path) -> Any:
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The words of questions, from ``config/ask/words.yaml``."""
    data = _load(resource("config") / "ask" / "words.yaml")
    result = Vocabulary()
    _add_targets(result, data["targets"])
    _add_cues(result, data["cues"])
    for phrase in data["stop_phrases"]:
        result.add(phrase, "stop", True)
    for kind in ("stop", "asking", "count", "define", "compare"):
        for phrase in _phrases(data[kind]):
            result.add(phrase, kind, True)
    for operator, phrases in data["conjunctions"].items():
        for phrase in phrases:
            result.add(phrase, "conjunction", operator)
    for place in ("before", "after"):
        for phrase in data["family"][place]:
            result.add(phrase, f"family_{place}", True)
    for word, place in data["ordinals"].items():
        result.add(word, "ordinal", place)
    for order, phrases in data["orders"].items():
        for phrase in phrases:
            result.add(phrase, "order", order)
    for name in ("comparators", "comparators_after"):
        table = getattr(result, name)
        for operator, phrases in data[name].items():
            table.update({tuple(words_of(str(phrase))): operator for phrase in phrases})
    result.units = {tuple(words_of(unit)): meaning for unit, meaning in data["units"].items()}
    result.numbers = data["numbers"]
    result.time = {name: [tuple(words_of(p)) for p in phrases] for name, phrases in data["time"].items()}
    for number, month in enumerate(data["months"], 1):
        result.months[month] = result.months[month[:3]] = number
    result.months["sept"] = 9
    result.be, result.yes_no = frozenset(data["be"]), frozenset(data["yes_no"])
    result.lower_is_better, result.ratios = frozenset(data["lower_is_better"]), frozenset(data["ratios"])
    result.words = tuple(sorted({k[0] for k in result.phrases if len(k) == 1 and len(k[0]) >= 5}))
    return result


@lru_cache(maxsize=1)
def kinds() -> Kinds:
    """The kinds of question and the facts, from ``config/ask/kinds.yaml``."""
    return Kinds.model_validate(_load(resource("config") / "ask" / "kinds.yaml"))
