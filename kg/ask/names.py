"""Finds the names of the graph in a question, however people write them.

Every name and alias of the graph is kept under its normal form: without case, hyphens, spaces, LaTeX, accents and the
plural. Looking one up is a dictionary access; the fuzzy paths run only for words that nothing else explains.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from kg.ask.intent import Name
from kg.ask.text import family_tokens, normal_form, plain, tokens_of

MAX_TOKENS = 12
"""No name of more tokens is looked for, but for titles of papers, which have an index of their own."""

_MIN_TYPO = 6

_SHORTENED = range(2, 5)
"""How many words a name may have that is found with its words cut short."""
_CUT = 3
"""The fewest letters that are left of such a word."""


def _beginnings(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(part[:_CUT] for part in parts)


@dataclass(frozen=True)
class Entry:
    """A node that a name can stand for; ``rank`` 0 where the name is the node's own, 1 where it is an alias."""

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

    _exact: dict[str, list[tuple[int, Entry]]] = field(default_factory=lambda: defaultdict(list))
    _by_length: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    _by_token: dict[str, list[tuple[tuple[str, ...], Entry]]] = field(default_factory=lambda: defaultdict(list))
    _by_beginnings: dict[tuple[str, ...], list[tuple[tuple[str, ...], Entry]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _members: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)
    _spelt: dict[str, list[tuple[str, Entry]]] = field(default_factory=lambda: defaultdict(list))
    entries: list[Entry] = field(default_factory=list)

    @classmethod
    def build(cls, rows: Iterable[tuple[str, str, str, Sequence[str], int]]) -> NameIndex:
        """Builds the index.

        Args:
            rows: (label, id, name, aliases, number of papers) for each node that can be named.
        """
        index = cls()
        for label, identifier, name, aliases, papers in rows:
            index._add(Entry(label, identifier, name, papers), aliases)
        for key in index._exact:
            index._by_length[len(key)].append(key)
        return index

    def _add(self, entry: Entry, aliases: Sequence[str]) -> None:
        self.entries.append(entry)
        seen: set[str] = set()
        for rank, surface in enumerate((entry.name, *aliases)):
            tokens = tokens_of(surface)
            if not tokens or len(surface) > 300:
                continue
            key = normal_form(tokens)
            if key in seen:
                continue
            seen.add(key)
            self._exact[key].append((min(rank, 1), entry))
            if rank == 0 and entry.label != "Paper":
                parts = family_tokens(surface)
                for part in set(parts):
                    self._by_token[part].append((parts, entry))
                if len(parts) in _SHORTENED:
                    self._by_beginnings[_beginnings(parts)].append((parts, entry))

    def set_families(self, pairs: Iterable[tuple[str, str, str, str]]) -> None:
        """Records which node is a variant of which: (label, id of the family, label, id of the member)."""
        known = {(entry.label, entry.id): entry for entry in self.entries}
        for label, family, member_label, member in pairs:
            if (member_label, member) in known:
                self._members.setdefault((label, family), []).append(known[member_label, member])

    def exact(self, tokens: Sequence[str]) -> Match | None:
        """The nodes whose name or alias this is; a node's own name goes before an alias, within one label."""
        return self._match(normal_form(tokens), "exact")

    def _match(self, key: str, how: str) -> Match | None:
        ranked = self._exact.get(key)
        if not ranked:
            return None
        best: dict[str, int] = {}
        for rank, entry in ranked:
            best[entry.label] = min(rank, best.get(entry.label, 9))
        entries: dict[str, list[Entry]] = {}
        for rank, entry in sorted(ranked, key=lambda item: (item[1].label, item[1].id)):
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
            near = process.extract(key, self._by_length.get(size, ()), scorer=OSA.distance, score_cutoff=1, limit=None)
            found = sorted(c for c, _, _ in near if len(c) >= _MIN_TYPO and re.sub(r"\D", "", c) == digits)
            if found:
                return self._match(found[0], "typo")
        return None

    def containing(self, tokens: Sequence[str]) -> list[Entry]:
        """The nodes whose name has these words, one after the other, at a border between words; often used first."""
        wanted = family_tokens(" ".join(tokens))
        if not wanted or len("".join(wanted)) < 3:
            return []
        found = {
            (entry.label, entry.id): entry
            for parts, entry in self._by_token.get(wanted[0], ())
            if any(parts[i : i + len(wanted)] == wanted for i in range(len(parts)))
        }
        if not found and len(tokens) > 1:
            return self.containing(["".join(tokens)])  # "fast serve"
        return sorted(found.values(), key=lambda e: (-e.papers, e.name, e.label))

    def shortened(self, tokens: Sequence[str]) -> list[Entry]:
        """The nodes whose name has these words cut short: "code gen", "math reasoning"; often used first."""
        wanted = family_tokens(" ".join(tokens))
        if len(wanted) not in _SHORTENED or not all(part.isalpha() and len(part) >= _CUT for part in wanted):
            return []
        found = {
            (entry.label, entry.id): entry
            for parts, entry in self._by_beginnings.get(_beginnings(wanted), ())
            if parts != wanted and all(part.startswith(cut) for part, cut in zip(parts, wanted, strict=True))
        }
        return sorted(found.values(), key=lambda e: (-e.papers, e.name, e.label))

    def family(self, tokens: Sequence[str], labels: Iterable[str]) -> list[Entry]:
        """The nodes of a family: the one named and its variants, or those whose names begin with these words."""
        allowed = set(labels)
        wanted = family_tokens(" ".join(tokens))
        found: dict[tuple[str, str], Entry] = {}
        match = self.exact(tokens)
        todo = [e for entries in (match.entries.values() if match else ()) for e in entries if e.label in allowed]
        while todo:
            entry = todo.pop()
            if (entry.label, entry.id) not in found:
                found[entry.label, entry.id] = entry
                todo += self._members.get((entry.label, entry.id), [])
        for parts, entry in self._by_token.get(wanted[0], ()) if wanted else ():
            if entry.label in allowed and parts[: len(wanted)] == wanted:
                found[entry.label, entry.id] = entry
        return sorted(found.values(), key=lambda e: (-e.papers, e.name, e.label))

    def nearest(self, text: str, labels: Iterable[str] = (), limit: int = 5) -> list[Entry]:
        """The known names most like an unknown one."""
        if not self._spelt:
            for entry in self.entries:
                self._spelt[entry.label].append((plain(entry.name).casefold(), entry))
        allowed = set(labels) or self._spelt.keys() - {"Paper"}
        near: list[tuple[float, Entry]] = []
        for label in allowed & self._spelt.keys():
            keys = [key for key, _ in self._spelt[label]]
            hits = process.extract(
                plain(text).casefold(),
                keys,
                scorer=JaroWinkler.normalized_similarity,
                limit=4 * limit,
                score_cutoff=0.6,
            )
            near += [(score, self._spelt[label][at][1]) for _, score, at in hits]
        near.sort(key=lambda hit: (-hit[0], -hit[1].papers, hit[1].name, hit[1].label))
        return list({entry.name: entry for _, entry in near[: 4 * limit]}.values())[:limit]
