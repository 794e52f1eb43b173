"""Search over spellings: what is typed as a part of a name, and what is near to a text that none contains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import ratio

from kg.ask.name_tables import NameTables, after, fold
from kg.ask.text import plain
from kg.batches import batches

_GRAM = 3
_LOOKED_AT = 150_000
"""Spellings that share letters with a text and are counted; the rarest letters are looked at first."""
_MEASURED, _COMPARED = 5_000, 500
"""Spellings that share the most letters with a text, and of these the ones that have the fewest others."""
_COLUMNS = "s.folded, s.surface, e.label, e.id, e.name, e.papers"
_Row = tuple[str, str, str, str, str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A node found by a spelling; ``alias`` is that spelling where it is not the node's name."""

    label: str
    id: str
    name: str
    papers: int
    alias: str | None


class NameSearch:
    """Searches the tables of a graph's names."""

    def __init__(self, tables: NameTables) -> None:
        self._tables = tables

    def find(self, text: str, limit: int) -> list[Found]:
        """The nodes with a text in a spelling: the whole first, then beginnings, then words, then other places."""
        wanted = fold(text)
        if not wanted:
            return []
        rows = self._beginning(wanted, limit)
        if len({(row[2], row[3]) for row in rows}) < limit:
            rows += self._within(wanted)
        best: dict[tuple[str, str], tuple[int, int, str, str, int]] = {}
        for folded, surface, label, identifier, name, papers in rows:
            at = folded.find(wanted)
            rank = 0 if folded == wanted else 1 if at == 0 else 2 if not folded[at - 1].isalnum() else 3
            known = best.get((label, identifier))
            if known is None or (rank, surface != name) < (known[0], known[3] != name):
                best[label, identifier] = (rank, -papers, name, surface, papers)
        ordered = sorted(best.items(), key=lambda item: (*item[1][:3], *item[0]))
        return [
            Found(label, identifier, name, papers, None if surface == name else surface)
            for (label, identifier), (_, _, name, surface, papers) in ordered[:limit]
        ]

    def _beginning(self, wanted: str, limit: int) -> list[_Row]:
        """The spellings that begin so: those that are so, and of the others those of the most papers."""
        # A node has many spellings that begin alike; the name itself, where it does, comes before its aliases.
        beginning = (
            "SELECT min(spelling) AS spelling, max(papers) AS papers FROM spellings WHERE folded >= ? AND folded < ? "
            "GROUP BY entry ORDER BY papers DESC, spelling"
        )
        query = (
            f"SELECT {_COLUMNS} FROM spellings s JOIN entries e USING (entry) WHERE s.spelling IN "
            f"(SELECT spelling FROM ({beginning} LIMIT ?) UNION SELECT spelling FROM spellings WHERE folded = ?)"
        )
        return self._tables.rows(query, wanted, after(wanted), 4 * limit, wanted)

    def _within(self, wanted: str) -> list[_Row]:
        grams = _grams(wanted)
        source = f"SELECT {_COLUMNS} FROM spellings s JOIN entries e USING (entry) WHERE instr(s.folded, ?)"
        if not grams:
            return self._tables.rows(source, wanted)
        having = " AND s.spelling IN (SELECT rowid FROM grams WHERE grams MATCH ?)"
        return self._tables.rows(source + having, wanted, " AND ".join(map(_quoted, grams)))

    def nearest(self, text: str, limit: int) -> list[Found]:
        """Nodes whose spelling is near to a text that none contains."""
        rows = self._alike(fold(text), ())
        near = process.extract(fold(text), [row[0] for row in rows], scorer=ratio, limit=limit * 3, score_cutoff=60)
        found: dict[tuple[str, str], Found] = {}
        for _, _, at in near:
            _, surface, label, identifier, name, papers = rows[at]
            alias = None if surface == name else surface
            found.setdefault((label, identifier), Found(label, identifier, name, papers, alias))
        return list(found.values())[:limit]

    def nearest_names(self, text: str, labels: Sequence[str], limit: int) -> list[Found]:
        """The nodes with the names, of some labels or else of all but papers, that are most like a text."""
        wanted = plain(text).casefold()
        nodes = {(row[2], row[3]): row for row in self._alike(fold(text), labels) if labels or row[2] != "Paper"}
        rows = list(nodes.values())
        near = process.extract(
            wanted,
            [plain(row[4]).casefold() for row in rows],
            scorer=JaroWinkler.normalized_similarity,
            limit=4 * limit,
            score_cutoff=0.6,
        )
        hits = [(score, rows[at]) for _, score, at in near]
        hits.sort(key=lambda hit: (-hit[0], -hit[1][5], hit[1][4], hit[1][2]))
        first: dict[str, Found] = {}
        for _, (_, _, label, identifier, name, papers) in hits:
            first.setdefault(name, Found(label, identifier, name, papers, None))
        return list(first.values())[:limit]

    def _alike(self, wanted: str, labels: Sequence[str]) -> list[_Row]:
        """The spellings, of some labels or of any, that share most of their letters with a text."""
        shared = self._shared(wanted)
        alike: list[tuple[float, int]] = []
        for some in batches(sorted(shared, key=lambda spelling: (-shared[spelling], spelling)), _MEASURED):
            query = f"SELECT spelling, length(folded), label FROM spellings WHERE spelling IN ({_listed(some)})"
            for spelling, size, label in self._tables.rows(query):
                if not labels or label in labels:
                    alike.append((-shared[spelling] / (len(wanted) + size), spelling))  # as Dice has it
            if len(alike) >= _COMPARED:
                break
        most = sorted(spelling for _, spelling in nsmallest(_COMPARED, alike))
        query = f"SELECT {_COLUMNS} FROM spellings s JOIN entries e USING (entry) WHERE spelling IN"
        return self._tables.rows(f"{query} ({_listed(most)}) ORDER BY spelling")

    def _shared(self, wanted: str) -> Counter[int]:
        """How many groups of three letters spellings share with a text, for those that share the rarest ones."""
        shared: Counter[int] = Counter()
        grams = _grams(wanted)
        if not grams:
            query = "SELECT spelling FROM spellings WHERE folded >= ? AND folded < ? ORDER BY papers DESC LIMIT ?"
            begin = wanted[:1]
            return Counter(row[0] for row in self._tables.rows(query, begin, after(begin), _LOOKED_AT))
        used = {gram: sum(n for (n,) in self._tables.rows("SELECT doc FROM grams_used WHERE term = ?", gram))
                for gram in grams}  # fmt: skip
        looked_at = 0
        for gram in sorted(grams, key=lambda gram: (used[gram], gram)):
            looked_at += used[gram]
            if shared and looked_at > _LOOKED_AT:
                break
            query = "SELECT rowid FROM grams WHERE grams MATCH ? LIMIT ?"
            shared.update(row[0] for row in self._tables.rows(query, _quoted(gram), _LOOKED_AT))
        return shared


def _listed(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))


def _grams(text: str) -> list[str]:
    return list(dict.fromkeys(text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)))


def _quoted(gram: str) -> str:
    return '"' + gram.replace('"', '""') + '"'
