"""Questions to try: near to the one asked, and with an answer in this graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rapidfuzz import process
from rapidfuzz.fuzz import token_set_ratio

from kg.ask.compile import compile_intent
from kg.ask.intent import Constraint, Intent, Name
from kg.ask.names import NameIndex
from kg.ask.vocabulary import Example, Kinds, Rule
from kg.store.base import Store

_TRIED = 40
"""How many names an example is tried with."""


class Suggester:
    """Fills the examples of ``config/ask/kinds.yaml`` with names of the graph."""

    def __init__(self, store: Store, kinds: Kinds, index: NameIndex) -> None:
        self._store, self._kinds, self._index = store, kinds, index
        self._examples: dict[str, Rule | Example] = {}
        for rule in (*kinds.kinds, *kinds.forms):
            if isinstance(rule, Rule | Example) and rule.example and rule.named != ("Paper",):
                self._examples[rule.example] = rule
        self._filled: dict[str, str | None] = {}

    def near(self, question: str, names: Sequence[tuple[str, str]] = (), limit: int = 3) -> tuple[str, ...]:
        """The examples most like a question that have an answer, with the question's own names where they do.

        Args:
            question: what was asked.
            names: (label, name) of the names found in it.
            limit: how many are wanted.
        """
        ranked = process.extract(question.lower(), list(self._examples), scorer=token_set_ratio, limit=None)
        found: list[str] = []
        for example, _, _ in sorted(ranked, key=lambda hit: (-hit[1], hit[2])):
            filled = self._with_own_name(example, names) or self._with_any_name(example)
            if filled and filled not in found and filled.lower() != question.lower():
                found.append(filled)
            if len(found) == limit:
                break
        return tuple(found)

    def _named(self, example: str) -> tuple[str, ...]:
        rule = self._examples[example]
        fact = self._kinds.facts[rule.fact]
        labels = fact.subject if rule.side == "subject" else fact.object
        return tuple(label for label in labels if not isinstance(rule, Rule) or not rule.named or label in rule.named)

    def _with_own_name(self, example: str, names: Sequence[tuple[str, str]]) -> str | None:
        for label, name in names:
            if label in self._named(example) and self._has_answer(example, label, name):
                return example.format(name=name)
        return None

    def _has_answer(self, example: str, label: str, name: str) -> bool:
        rule = self._examples[example]
        fact = self._kinds.facts[rule.fact]
        ids = tuple(self._index.ids(label, name))
        side: Literal["subject", "object"] = "subject" if rule.side == "subject" else "object"
        found = Constraint(fact=rule.fact, side=side, names=(Name(text=name, label=label, ids=ids, names=(name,)),))
        asked = fact.object if side == "subject" else fact.subject
        intent = Intent(kind=rule.kind, form="count", asked=asked, constraints=(found,))
        query = compile_intent(intent, self._kinds)
        return bool(self._store.run(query.text, query.parameters).rows[0][0])

    def _with_any_name(self, example: str) -> str | None:
        """The example with the name that most of the graph's papers have among those that give it an answer."""
        if example not in self._filled:
            labels = set(self._named(example)) - {"Paper"}
            popular = self._index.popular(sorted(labels), _TRIED)
            name = next((e.name for e in popular if self._has_answer(example, e.label, e.name)), None)
            self._filled[example] = example.format(name=name) if name else None
        return self._filled[example]
