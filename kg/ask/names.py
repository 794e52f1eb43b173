"""Finds the names of the graph in a question, however people write them.

Every name and alias of the graph is kept under its normal form: without case, hyphens, spaces, LaTeX, accents and the
plural. Looking one up is one access; the fuzzy paths run only for words that nothing else explains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kg.ask.intent import Name
from kg.ask.name_search import NameSearch
from kg.ask.name_tables import CUT, SHORTENED, Family, NameTables, Row, after, joined
from kg.ask.text import family_tokens, normal_form
from kg.store.base import Store

MAX_TOKENS = 12
"""No name of more tokens is looked for, but for titles of papers, which have an index of their own."""

_MIN_TYPO = 6
_ENTRY = "e.label, e.id, e.name, e.papers"
_BY_FAME = "ORDER BY e.papers DESC, e.name, e.label"


@dataclass(frozen=True)
class Entry:
    """A node that a name can stand for."""

    label: str
    id: str
    name: str
    papers: int


@dataclass
class Match:
    """What a span of a question may stand for: entries by label, and how it was found.

    ``own`` has the labels under which it is a node's own name rather than an alias.
    """

    entries: dict[str, list[Entry]]
    how: str = "exact"
    own: frozenset[str] = frozenset()

    def best(self, labels: Sequence[str]) -> list[str]:
        """Those of the labels that have entries; if it is the own name of some and an alias of others, the former."""
        found = [label for label in labels if label in self.entries]
        return [label for label in found if label in self.own] or found

    def name(self, text: str, label: str) -> Name:
        """The entries of one label as a name of the question."""
        entries = self.entries[label]
        return Name(text=text, label=label, ids=tuple(e.id for e in entries), names=tuple(e.name for e in entries))


@dataclass
class NameIndex:
    """All names of a graph by their normal form."""

    _tables: NameTables
    search: NameSearch = field(init=False)

    def __post_init__(self) -> None:
        self.search = NameSearch(self._tables)

    @classmethod
    def of(cls, store: Store) -> NameIndex:
        """The index of the graph in a store."""
        return cls(NameTables.of(store))

    @classmethod
    def build(cls, rows: Iterable[Row], families: Iterable[Family] = ()) -> NameIndex:
        """An index in memory (see ``NameTables.build``)."""
        return cls(NameTables.build(rows, families))

    def exact(self, tokens: Sequence[str]) -> Match | None:
        """The nodes whose name or alias this is; a node's own name goes before an alias, within one label."""
        return self._match(normal_form(tokens), "exact")

    def _match(self, key: str, how: str) -> Match | None:
        query = f"SELECT k.rank, {_ENTRY} FROM keys k JOIN entries e USING (entry) WHERE k.key = ? ORDER BY 2, 3"
        ranked = [(row[0], Entry(*row[1:])) for row in self._tables.rows(query, key)]
        if not ranked:
            return None
        best: dict[str, int] = {}
        for rank, entry in ranked:
            best[entry.label] = min(rank, best.get(entry.label, 9))
        entries: dict[str, list[Entry]] = {}
        for rank, entry in ranked:
            if rank == best[entry.label]:
                entries.setdefault(entry.label, []).append(entry)
        return Match(entries, how, frozenset(label for label, rank in best.items() if rank == 0))

    def typo(self, tokens: Sequence[str]) -> Match | None:
        """The nodes of the one name that is a letter away; numbers are never misread, and short names neither."""
        key = normal_form(tokens)
        if len(key) < _MIN_TYPO:
            return None
        digits = re.sub(r"\D", "", key)
        for size in (len(key), len(key) + 1, len(key) - 1):
            near = process.extract(key, self._alike(key, size), scorer=OSA.distance, score_cutoff=1, limit=None)
            found = sorted(c for c, _, _ in near if len(c) >= _MIN_TYPO and re.sub(r"\D", "", c) == digits)
            if found:
                return self._match(found[0], "typo")
        return None

    def _alike(self, key: str, size: int) -> list[str]:
        """The keys of a size that begin or end as a key does; one that is a letter away does either."""
        half = len(key) // 2
        begin, end = key[: half - 1], key[half:][::-1]
        found = self._tables.rows(
            "SELECT key FROM keys WHERE length = ? AND key >= ? AND key < ? "
            "UNION SELECT key FROM keys WHERE length = ? AND reversed >= ? AND reversed < ?",
            *(size, begin, after(begin)),
            *(size, end, after(end)),
        )
        return [key for (key,) in found]

    def containing(self, tokens: Sequence[str]) -> list[Entry]:
        """The nodes whose name has these words, one after the other, at a border between words; often used first."""
        wanted = family_tokens(" ".join(tokens))
        if not wanted or len("".join(wanted)) < 3:
            return []
        found = self._entries("words w JOIN entries e USING (entry) WHERE w.word = ? AND instr(e.parts, ?)",
                              wanted[0], joined(wanted))  # fmt: skip
        if not found and len(tokens) > 1:
            return self.containing(["".join(tokens)])  # "fast serve"
        return found

    def shortened(self, tokens: Sequence[str]) -> list[Entry]:
        """The nodes whose name has these words cut short: "code gen", "math reasoning"; often used first."""
        wanted = family_tokens(" ".join(tokens))
        if len(wanted) not in SHORTENED or not all(part.isalpha() and len(part) >= CUT for part in wanted):
            return []
        found = []
        for entry in self._entries("entries e WHERE e.cut = ?", joined(part[:CUT] for part in wanted)):
            parts = family_tokens(entry.name)
            if parts != wanted and all(part.startswith(cut) for part, cut in zip(parts, wanted, strict=True)):
                found.append(entry)
        return found

    def family(self, tokens: Sequence[str], labels: Iterable[str]) -> list[Entry]:
        """The nodes of a family: the one named and its variants, or those whose names begin with these words."""
        allowed = set(labels)
        match = self.exact(tokens)
        found: dict[tuple[str, str], Entry] = {}
        todo = [e for entries in (match.entries.values() if match else ()) for e in entries if e.label in allowed]
        while todo:
            entry = todo.pop()
            if (entry.label, entry.id) not in found:
                found[entry.label, entry.id] = entry
                todo += self._entries(
                    "entries f JOIN members m ON m.family = f.entry JOIN entries e ON e.entry = m.member "
                    "WHERE f.label = ? AND f.id = ?",
                    *(entry.label, entry.id),
                )
        if wanted := family_tokens(" ".join(tokens)):
            begin = joined(wanted)
            for entry in self._entries("entries e WHERE e.parts >= ? AND e.parts < ?", begin, after(begin)):
                if entry.label in allowed:
                    found[entry.label, entry.id] = entry
        return sorted(found.values(), key=_fame)

    def nearest(self, text: str, labels: Iterable[str] = (), limit: int = 5) -> list[Entry]:
        """The known names most like an unknown one."""
        near = self.search.nearest_names(text, tuple(labels), limit)
        return [Entry(found.label, found.id, found.name, found.papers) for found in near]

    def popular(self, labels: Iterable[str], limit: int) -> list[Entry]:
        """The nodes of some labels that most papers have, most first."""
        found = [
            entry
            for label in dict.fromkeys(labels)
            for entry in self._entries("entries e WHERE e.label = ?", label, order=f"{_BY_FAME} LIMIT {limit:d}")
        ]
        return sorted(found, key=_fame)[:limit]

    def ids(self, label: str, name: str) -> list[str]:
        """The ids of the nodes of a label that have a name."""
        query = "SELECT id FROM entries INDEXED BY entries_by_name WHERE label = ? AND name = ?"
        return sorted(identifier for (identifier,) in self._tables.rows(query, label, name))

    def beginning(self, text: str, limit: int) -> list[str]:
        """The names, but no titles of papers, that begin with a text in any case, those of the most papers first."""
        begin = text.casefold()
        query = (
            "SELECT DISTINCT surface FROM spellings WHERE folded >= ? AND folded < ? AND own AND label != 'Paper' "
            "ORDER BY papers DESC, surface LIMIT ?"
        )
        return [name for (name,) in self._tables.rows(query, begin, after(begin), limit)]

    def _entries(self, source: str, *parameters: str, order: str = _BY_FAME) -> list[Entry]:
        return [Entry(*row) for row in self._tables.rows(f"SELECT {_ENTRY} FROM {source} {order}", *parameters)]


def _fame(entry: Entry) -> tuple[int, str, str]:
    """What ``_BY_FAME`` sorts by."""
    return -entry.papers, entry.name, entry.label
