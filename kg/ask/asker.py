"""Asks a store: reads the question, runs its query, and puts the answer together."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from rapidfuzz.distance import OSA

from kg.ask.compile import Query, compile_intent
from kg.ask.intent import Answer, Constraint, Evidence, Intent, Name
from kg.ask.names import NameIndex
from kg.ask.outline import ENTITIES, NAMED
from kg.ask.parse import Reader
from kg.ask.reading import UnreadError
from kg.ask.suggest import Suggester
from kg.ask.text import plain, tokens_of
from kg.ask.vocabulary import kinds, vocabulary
from kg.errors import InputError
from kg.store.base import Store

Row = tuple[Any, ...]

_ASKERS: WeakKeyDictionary[Store, Asker] = WeakKeyDictionary()


def ask(question: str, store: Store) -> Answer:
    """Answers a question about the graph in ``store``; the names of the graph are read once for each store.

    Args:
        question: in English; see ``docs/ask.md``.
        store: an open store; it is only read.

    Raises:
        KgError: the store failed. A question that is not understood is an answer that says so.
    """
    return asker_of(store).ask(question)


def asker_of(store: Store) -> Asker:
    """The asker of an open store, made when it is first wanted."""
    asker = _ASKERS.get(store)
    if asker is None:
        asker = _ASKERS[store] = Asker(store)
    return asker


class Asker:
    """Answers questions about the graph of one store.

    Args:
        store: an open store; it is only read.
        today: the day that "last year" counts from; by default the day of the question.
    """

    def __init__(self, store: Store, today: date | None = None) -> None:
        self._store, self._today = store, today
        self._lock = threading.Lock()
        self._read: tuple[str, NameIndex, Suggester] | None = None

    @property
    def index(self) -> NameIndex:
        """The names of the graph; they are read once, and again after the graph has changed."""
        return self._known()[0]

    def _known(self) -> tuple[NameIndex, Suggester]:
        with self._lock:
            generation = self._store.generation()
            if self._read is None or self._read[0] != generation:
                index = NameIndex.of(self._store)
                self._read = generation, index, Suggester(self._store, kinds(), index)
            return self._read[1:]

    def ask(self, question: str) -> Answer:
        """Answers a question; see ``ask``."""
        reader = Reader(vocabulary(), kinds(), self.index, self._today or date.today())
        try:
            intent, notes = reader.read(question)
        except UnreadError as problem:
            return self._unanswered(question, problem)
        return self._answer(question, intent, notes)

    def read(self, question: str) -> Intent | None:
        """The intent of a question, or None where it has none; nothing is run."""
        try:
            return Reader(vocabulary(), kinds(), self.index, self._today or date.today()).read(question)[0]
        except UnreadError:
            return None

    def describe(self, name: str) -> list[dict[str, Any]]:
        """All that the graph knows of a name, once for each label that it is a name of.

        Returns:
            For each: ``name``, ``type``, ``aliases``, ``papers`` (how many), ``proposed_in`` (titles), and ``facts``:
            for each fact the names at its other end, with ``of`` in front where the thing is its object.

        Raises:
            InputError: the graph has no such name; the message has the nearest.
        """
        tokens = tokens_of(name)
        match = (self.index.exact(tokens) or self.index.typo(tokens)) if tokens else None
        labels = match.best(ENTITIES) if match else []
        if match is None or not labels:
            near = ", ".join(entry.name for entry in self.index.nearest(name)) or "none"
            raise InputError(f"the graph has no name {name!r}", f"the nearest are: {near}")
        return [self._description(match.name(name, label)) for label in labels]

    def _description(self, name: Name) -> dict[str, Any]:
        _, columns, rows = self._run(Intent(kind="definition", form="define", asked=(name.label,), among=(name,)))
        found = dict(zip(columns, rows[0], strict=True))
        facts: dict[str, list[str]] = {}
        for key, fact in kinds().facts.items():
            for side, mine, other in (("subject", fact.subject, fact.object), ("object", fact.object, fact.subject)):
                if name.label in mine and other != ("Paper",):
                    constraint = Constraint(fact=key, side="subject" if side == "subject" else "object", names=(name,))
                    held = self._run(Intent(kind=key, form="list", asked=other, constraints=(constraint,)))[2]
                    if held:
                        said = fact.says if side == "subject" else f"of: {fact.says}"
                        facts[said] = list(dict.fromkeys(row[0] for row in held))
        proposed = [row[columns.index("paper")] for row in rows if row[columns.index("paper")]]
        known = {key: found[key] for key in ("name", "type", "aliases", "papers")}
        return known | {"proposed_in": proposed, "facts": facts}

    # -- answers -----------------------------------------------------------------------------------------------------

    def _answer(self, question: str, intent: Intent, notes: list[str]) -> Answer:
        query, columns, rows = self._run(intent)
        for wider, note in self._wider(intent) if not rows else ():
            found = self._run(wider)
            if found[2]:
                intent, (query, columns, rows) = wider, found
                notes.append(note)
                break
        if intent.yes_no:
            notes.append("Yes; the rows say where." if rows else "Nothing in the graph says so.")
        elif not rows:
            notes.append("Nothing in the graph answers this.")
        elif intent.form == "define" and not any(_evidence(columns, rows)):
            notes.append("No paper of the graph proposes it.")
        return Answer(
            question=question,
            intent=intent,
            query=query.text,
            parameters=query.parameters,
            columns=columns,
            rows=tuple(rows),
            evidence=tuple(_evidence(columns, rows)),
            notes=tuple(dict.fromkeys(notes)),
            suggestions=() if rows else self._suggester.near(question, names=_texts(intent)),
        )

    def _run(self, intent: Intent) -> tuple[Query, tuple[str, ...], list[Row]]:
        query = compile_intent(intent, kinds())
        found = self._store.run(query.text, query.parameters)
        columns = tuple(found.columns)
        rows = [tuple(row) for row in found.rows]
        if not query.ordered:
            rows = _arranged(rows, columns, intent)
        if intent.form == "compare":
            rows = _telling(rows, columns)
        return query, columns, rows

    def _wider(self, intent: Intent) -> list[tuple[Intent, str]]:
        """What may be asked instead; nothing, if not even the widest has an answer, which a count finds out soonest."""
        wider = list(_wider(intent))
        if not wider or not self._run(wider[-1][0].model_copy(update={"form": "count"}))[2][0][0]:
            return []
        return wider

    def _unanswered(self, question: str, problem: UnreadError) -> Answer:
        if problem.kind == "partial":
            names = list(dict.fromkeys(entry.name for entry in problem.candidates))
            more = f" and {len(names) - 10} more" if len(names) > 10 else ""
            notes = [
                f"{problem.text!r} is part of several names: {', '.join(names[:10])}{more}. Write out one of them."
            ]
            suggestions = tuple(question.replace(problem.text, name) for name in names[:3])
            return Answer(question=question, notes=tuple(notes), suggestions=suggestions)
        if problem.kind.startswith("unknown"):
            return self._unknown(question, problem)
        return Answer(
            question=question,
            notes=("This question was not understood.",),
            suggestions=self._suggester.near(question, names=problem.names),
        )

    def _unknown(self, question: str, problem: UnreadError) -> Answer:
        """Says that a name is unknown, which ones are near, and the question with those of them that answer it."""
        alone = problem.kind == "unknown alone"
        near = self.index.nearest(problem.text, problem.labels)
        notes = ["This question was not understood."] if alone else []
        notes.append(f"The graph has no name {problem.text!r}.")
        if near:
            notes.append(f"The nearest names are: {', '.join(entry.name for entry in near)}.")
        like = [] if alone else [entry.name for entry in near if _like(problem.text, entry.name)]
        working = [text for text in (question.replace(problem.text, name) for name in like) if self._has_rows(text)]
        others = self._suggester.near(question, names=problem.names)
        suggestions: dict[str, str] = {}
        for text in (*working, *others):
            suggestions.setdefault(text.rstrip("? ").lower(), text)
        return Answer(question=question, notes=tuple(notes), suggestions=tuple(suggestions.values())[:3])

    def _has_rows(self, question: str) -> bool:
        intent = self.read(question)
        return intent is not None and bool(self._run(intent)[2])

    @property
    def _suggester(self) -> Suggester:
        return self._known()[1]


def _like(text: str, name: str) -> bool:
    """Whether a text may have been meant for a name: more than half of it is the same."""
    return OSA.normalized_similarity(plain(text).casefold(), plain(name).casefold()) > 0.5


def _wider(intent: Intent) -> Iterator[tuple[Intent, str]]:
    """What is asked instead, with a note, where nothing answers a question as it was put; the last is the widest."""
    if intent.absolute:
        yield intent.model_copy(update={"absolute": False}), "No absolute value is known; these are relative ones."
    if not intent.absolute and intent.asked == ("Paper",) and [c.fact for c in intent.constraints] == ["addresses"]:
        mentioned = tuple(c.model_copy(update={"fact": "mentions"}) for c in intent.constraints)
        yield intent.model_copy(update={"constraints": mentioned}), "No paper works on it; these mention it."
    other = {"Method": "methods", "Model": "models"}.get("|".join(intent.asked))
    if other and intent.form in ("list", "best") and intent.constraints and not intent.among and not intent.yes_no:
        wider = intent.model_copy(update={"asked": NAMED})
        note = f"No {other} answer this; these are the {'models' if other == 'methods' else 'methods'} that do."
        yield wider, note
        if intent.absolute:
            yield wider.model_copy(update={"absolute": False}), f"{note} The values are relative ones."


def _arranged(rows: Iterable[Row], columns: tuple[str, ...], intent: Intent) -> list[Row]:
    """Rows once each, in an order that does not depend on the database, and no more names than asked for."""

    def key(row: Row) -> tuple[Any, ...]:
        return tuple((value is None, str(value).casefold(), str(value)) for value in row)

    arranged = sorted({repr(row): row for row in rows}.values(), key=key)
    by = {"date": "published", "papers": "papers"}.get(intent.order)
    if by in columns:
        at = columns.index(by)
        known = [row for row in arranged if row[at] is not None]
        known.sort(key=lambda row: row[at], reverse=intent.direction == "max")
        arranged = known + [row for row in arranged if row[at] is None]
    if intent.limit is not None:
        kept = set(list(dict.fromkeys(row[0] for row in arranged))[: intent.limit])
        arranged = [row for row in arranged if row[0] in kept]
    return arranged


def _telling(rows: Sequence[Row], columns: tuple[str, ...]) -> list[Row]:
    """A comparison without the rows that say nothing, but with at least one for each thing."""
    paper = columns.index("paper")
    told = {row[0] for row in rows if row[paper] is not None}
    return [row for row in rows if row[paper] is not None or row[0] not in told]


def _evidence(columns: tuple[str, ...], rows: Sequence[Row]) -> Iterator[Evidence]:
    if "paper" not in columns:
        return
    paper = columns.index("paper")
    sentence = columns.index("sentence") if "sentence" in columns else None
    for number, row in enumerate(rows):
        if row[paper] is not None:
            yield Evidence(row=number, paper=row[paper], sentence=None if sentence is None else row[sentence])


def _texts(intent: Intent) -> list[tuple[str, str]]:
    """The names of an intent with their labels."""
    named = [name for constraint in intent.constraints for name in constraint.names]
    return [(name.label, name.names[0]) for name in (*named, *intent.among) if name.names]
