"""From a question to its intent.

The scanner cuts the question into items, the grouper ties names to cues, and the tables of ``config/ask/`` say which
fact each group asks for. Whatever cannot be placed ends in a problem that is told to the person; nothing is dropped
without a note.
"""

from __future__ import annotations

from datetime import date

from kg.ask.groups import Grouper, Question, find_asked, read_families, settle_definitions
from kg.ask.intent import Intent
from kg.ask.known import other_spellings
from kg.ask.names import Entry, Match, NameIndex
from kg.ask.reading import Reading, UnreadError
from kg.ask.scan import Item, Scanner
from kg.ask.text import family_tokens, tokens_of
from kg.ask.vocabulary import Kinds, Vocabulary


class Reader:
    """Reads questions with one set of tables and one index of names."""

    def __init__(self, vocabulary: Vocabulary, kinds: Kinds, index: NameIndex, today: date) -> None:
        self._vocabulary, self._kinds, self._index = vocabulary, kinds, index
        self._scanner = Scanner(vocabulary, index, today)

    def read(self, text: str) -> tuple[Intent, list[str]]:
        """The intent of a question, and notes on how it was read.

        Raises:
            UnreadError: the question has no intent.
        """
        try:
            return self._read(text, prefer_names=False)
        except UnreadError as problem:
            if problem.kind != "not understood":
                raise
            try:
                return self._read(text, prefer_names=True)
            except UnreadError:
                raise problem from None

    def _read(self, text: str, *, prefer_names: bool) -> tuple[Intent, list[str]]:
        items, notes = self._scanner.scan(text, prefer_names=prefer_names)
        if not items:
            raise UnreadError("not understood")
        question = Question(read_families(items, self._index))
        self._complete_partial(question, notes)
        settle_definitions(question.items)
        question.asked = find_asked(question.items)
        Grouper(question, self._vocabulary).run()
        try:
            intent = Reading(question, self._vocabulary, self._kinds, notes).intent()
        except UnreadError as problem:
            problem.names = [
                (label, entries[0].name)
                for item in question.names()
                for label, entries in (item.match.entries.items() if item.match else ())
            ]
            raise
        if question.ignored:
            notes.append(f"Not taken into account: {', '.join(repr(word) for word in question.ignored)}.")
        return intent, notes

    def _spelled_otherwise(self, text: str) -> Match | None:
        """What the field calls so, where the papers of the graph write it in another way: "acc", "chain of thought"."""
        entries: dict[str, list[Entry]] = {}
        for label, surfaces in other_spellings(tokens_of(text)):
            for surface in surfaces:
                match = self._index.exact(tokens_of(surface))
                if match and label in match.entries:
                    entries.setdefault(label, match.entries[label])
        return Match(entries, "registry") if entries else None

    def _complete_partial(self, question: Question, notes: list[str]) -> None:
        """A part of just one name is taken for it; of several, or of none, it is left unknown."""
        for item in question.items:
            if item.kind != "unknown" or item.value:
                continue
            if match := self._spelled_otherwise(item.text):
                item.kind, item.match = "name", match
                names = sorted({entry.name for entries in match.entries.values() for entry in entries})
                notes.append(f"Read {item.text!r} as {' or '.join(names)}.")
                continue
            if any(other.kind == "name" and _touch(item, other) for other in question.items):
                continue  # "speech representation learning" is no other thing with "speech" in its name
            candidates = self._index.containing(item.text.split())
            if item.text.islower():
                # A common word may stand inside of many a name; a name that is cut short has its beginning.
                begins = family_tokens(item.text)
                joined = ("".join(begins),)
                candidates = [
                    e
                    for e in candidates
                    if family_tokens(e.name)[: len(begins)] == begins or family_tokens(e.name)[:1] == joined
                ]
            if len({entry.name for entry in candidates}) == 1:
                item.kind = "name"
                item.match = Match({entry.label: [entry] for entry in candidates}, "partial")
                notes.append(f"Took {item.text!r} for {candidates[0].name}, the only name with it.")
            else:
                item.value = candidates


def _touch(item: Item, other: Item) -> bool:
    """Whether nothing stands between two items."""
    return item.last + 1 == other.first or other.last + 1 == item.first
