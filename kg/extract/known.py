"""How well known a name is: in how many papers of the field it stands. What hardly any other paper names is new."""

from __future__ import annotations

import gzip
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kg.resolve.names import name_key
from kg.schema import EntityType, Record

KNOWN_NAMES = "known_names.json.gz"
"""The file in which a pipeline, and the configuration of training, keep known names."""
LEVELS = (2, 5, 20, 100)
"""A name is of level i if it stands in at least ``LEVELS[i - 1]`` papers, and of level 0 below that."""


def _key(name: str) -> str:
    return name_key(name, EntityType.METHOD)


@dataclass(frozen=True)
class KnownNames:
    """Keys of names → their level; a name that is not here is of level 0."""

    levels: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Iterable[Record], without: Collection[str] = ()) -> KnownNames:
        """Count the mentions of extracted papers; ``without`` names titles (case-folded) that do not count."""
        papers: Counter[str] = Counter()
        for record in records:
            if record.title.casefold() not in without:
                papers.update({_key(mention.text) for mention in record.mentions})
        return cls({key: bisect_right(LEVELS, n) for key, n in papers.items() if key and n >= LEVELS[0]})

    def levels_of(self, names: Iterable[str]) -> tuple[int, int]:
        """The level of the best known and of the least known of the names of one thing."""
        found = [self.levels.get(_key(name), 0) for name in names]
        return max(found), min(found)

    @classmethod
    def from_disk(cls, file: Path) -> KnownNames:
        """Read what ``to_disk`` wrote; a file that is not there knows no name."""
        if not file.is_file():
            return cls()
        lines = json.loads(gzip.decompress(file.read_bytes()))
        return cls({key: level for level, keys in enumerate(lines, 1) for key in keys.split()})

    def to_disk(self, file: Path) -> None:
        """Write the keys of each level, as one line of words, in a compressed JSON list."""
        lines = [" ".join(sorted(k for k, n in self.levels.items() if n == i)) for i in range(1, len(LEVELS) + 1)]
        file.write_bytes(gzip.compress(json.dumps(lines, ensure_ascii=False).encode(), mtime=0))
