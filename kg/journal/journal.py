"""The papers of a graph with their extraction records: the source of truth that a graph is derived from."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Generic, TypeVar

from kg.corpus import merge, paper_id
from kg.journal.database import Database
from kg.schema import Paper, Record

_PAGE = 500
_EXTRACTED, _GIVEN, _ANEW = "extracted", "given", "anew"
"""Where a record comes from: the pipeline; the user; the user, who wants its entities resolved anew."""
_METADATA = set(Paper.model_fields) - {"id", "title", "abstract"}
_WHOLE_IS_GIVEN = (
    f"EXISTS (SELECT 1 FROM paper m JOIN record g ON g.id = m.id WHERE m.whole = p.id AND g.origin <> '{_EXTRACTED}')"  # noqa: S608 - made of constants
)
_MISSING = f"""FROM paper p LEFT JOIN record r ON r.id = p.id
    WHERE p.whole = p.id AND (r.id IS NULL OR r.pipeline <> :pipeline OR r.digest <> p.digest)
    AND NOT {_WHOLE_IS_GIVEN}"""

_GROUPS = """SELECT p.whole, r.origin, r.json, p.json FROM paper p LEFT JOIN record r ON r.id = p.id
    WHERE p.whole IN ({}) ORDER BY p.whole, p.id"""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Added:
    """What ``Journal.add_papers`` did: papers ``read``, and of these the ``new`` ones and those whose ``changed``."""

    read: int
    new: int
    changed: int


class _View(Generic[_T]):
    """What a function yields, as often as it is iterated over."""

    def __init__(self, iterate: Callable[[], Iterator[_T]]) -> None:
        self._iterate = iterate

    def __iter__(self) -> Iterator[_T]:
        return self._iterate()


class Journal:
    """The journal at ``path``, an SQLite file.

    Papers are merged by the rules of ``kg.corpus.merge``, and what ``records`` gives depends only on what was added,
    not on its order or on the batches and runs it was added in. Every writing method is one transaction: a process that
    is killed leaves all of it or nothing.

    Args:
        path: the file; made if ``create``.
        create: whether a missing file is made or is an error.

    Raises:
        InputError: the file is missing, damaged, no journal, or written by a newer version.
    """

    def __init__(self, path: str | Path, *, create: bool = True) -> None:
        self.path = Path(path)
        self._database = Database(self.path, create=create)
        self._sql = self._database.connection
        self._change = 0
        self._changed: set[str] = set()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._sql.close()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Holds the graph against other writers; readers go on.

        The lock is one of the operating system on the empty file ``PATH.lock``, so it ends with the process, however
        that ends; the file may stay.

        Raises:
            KgError: another process, or this one, holds it.
        """
        with self._database.errors():
            holder = sqlite3.connect(f"{self.path}.lock", timeout=0, isolation_level=None)
        try:
            with self._database.errors():
                holder.execute("BEGIN EXCLUSIVE")
            yield
        finally:
            holder.close()

    @property
    def revision(self) -> str:
        """32 hexadecimal digits made of all that the journal holds; the same if and only if that is the same."""
        with self._database.errors():
            return str(self._sql.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()[0])

    # Writing ---------------------------------------------------------------------------------------------------------

    def add_papers(self, papers: Iterable[Paper], *, resolve: bool = False) -> Added:
        """Adds papers, and records as given by the user; one transaction for all.

        An error that ``papers`` raises, in the last of many files too, leaves the journal as it was.

        Args:
            papers: taken one by one, so they may be more than fit into memory.
            resolve: the entities of given records are to be resolved anew instead of keeping their ids. A record
                that was added once in this way stays so.
        """
        read = new = changed = 0
        with self._writing():
            for paper in papers:
                read += 1
                is_new, is_changed = self._add(paper, _ANEW if resolve else _GIVEN)
                new += is_new
                changed += is_changed and not is_new
        return Added(read, new, changed)

    def add_records(self, records: Iterable[Record], pipeline: str) -> None:
        """Adds the records that a pipeline has extracted from papers of ``missing``; one transaction for all.

        A given record stays, and a record of a paper that the journal lacks is left out.

        Args:
            records: a batch; extract before calling, since other writers wait meanwhile.
            pipeline: name and version of the pipeline.
        """
        with self._writing():
            for record in records:
                if self._sql.execute(
                    f"SELECT 1 FROM paper p WHERE p.id = ? AND p.whole = p.id AND NOT {_WHOLE_IS_GIVEN}",  # noqa: S608
                    (record.id,),
                ).fetchone():
                    self._put("record", record.id, _EXTRACTED, pipeline, _digest(record.text), _record_json(record))

    def remove(self, paper: str) -> bool:
        """Removes a paper with its record, under all of its ids.

        Args:
            paper: its id in the graph.

        Returns:
            Whether it was there.
        """
        with self._writing():
            ids = [row[0] for row in self._sql.execute("SELECT id FROM paper WHERE whole = ?", (paper,))]
            for id_ in ids:
                self._put("paper", id_)
                self._put("record", id_)
            titles = [r[0] for r in self._sql.execute("SELECT title_id FROM alias WHERE arxiv_id = ?", (paper,))]
            for title_id in titles:
                self._toggle("alias", title_id, paper, sign=-1)
                self._sql.execute("DELETE FROM alias WHERE title_id = ? AND arxiv_id = ?", (title_id, paper))
            return bool(ids)

    def _add(self, paper: Paper, origin: str) -> tuple[bool, bool]:
        row = self._sql.execute("SELECT whole, digest, json FROM paper WHERE id = ?", (paper.id,)).fetchone()
        plain = paper.paper if isinstance(paper, Record) else paper
        merged = merge([Paper.model_validate_json(row[2]), plain]) if row else plain
        json = merged.model_dump_json()
        changed = row is None or json != row[2]
        if changed:
            whole, digest = row[:2] if row else (paper.id, "")
            self._put("paper", paper.id, whole, digest, json)
        title_id = paper_id(paper.title)
        if (
            paper.arxiv_id
            and self._sql.execute("INSERT OR IGNORE INTO alias VALUES (?, ?)", (title_id, paper.id)).rowcount
        ):
            self._toggle("alias", title_id, paper.id)
            self._find_whole(title_id)
        elif row is None:
            self._find_whole(paper.id)
        if isinstance(paper, Record):
            changed |= self._give(paper, origin)
        if changed:
            self._settle(paper.id)
        return row is None, changed

    def _give(self, record: Record, origin: str) -> bool:
        row = self._sql.execute("SELECT origin, json FROM record WHERE id = ?", (record.id,)).fetchone()
        if row and row[0] != _EXTRACTED:
            merged = merge([Record.model_validate_json(row[1]), record])
            assert isinstance(merged, Record)  # noqa: S101 - of two records comes a record
            record = merged
            origin = min(origin, row[0])  # "anew" < "given"
        if row == (origin, json := _record_json(record)):
            return False
        self._put("record", record.id, origin, "", _digest(record.text), json)
        return True

    def _find_whole(self, title_id: str) -> None:
        """Joins the paper that has the id of a title to the arXiv paper with that title, if there are both."""
        row = self._sql.execute(
            "SELECT p.whole, min(a.arxiv_id) FROM paper p JOIN alias a ON a.title_id = p.id WHERE p.id = ?", (title_id,)
        ).fetchone()
        if row[1] is None or row[0] == row[1]:
            return
        self._sql.execute("UPDATE paper SET whole = ? WHERE id = ?", (row[1], title_id))
        self._changed.update(row)
        stale = "SELECT 1 FROM record WHERE id = ? AND origin = ?"
        if self._sql.execute(stale, (title_id, _EXTRACTED)).fetchone():
            self._put("record", title_id)
        self._settle(row[0])
        self._settle(row[1])

    def _settle(self, id_: str) -> None:
        """Brings what follows from its parts up to date in the paper that ``id_`` belongs to."""
        found = self._sql.execute("SELECT whole FROM paper WHERE id = ?", (id_,)).fetchone()
        rows = self._sql.execute("SELECT json FROM paper WHERE whole = ? ORDER BY id", found or ("",)).fetchall()
        if rows:
            text = merge([Paper.model_validate_json(json) for (json,) in rows]).text
            self._sql.execute("UPDATE paper SET digest = ? WHERE id = ?", (_digest(text), found[0]))
        # An extracted record would stay unseen beside a given one.
        superseded = f"SELECT 1 FROM paper p JOIN record r USING (id) WHERE id = ? AND origin = ? AND {_WHOLE_IS_GIVEN}"  # noqa: S608
        if found and self._sql.execute(superseded, (found[0], _EXTRACTED)).fetchone():
            self._put("record", found[0])

    # Revision --------------------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._database.transaction():
            before = self.revision
            self._change, self._changed = int(before, 16), set()
            with self._database.errors():
                yield
                if (after := f"{self._change:032x}") != before or self._changed:
                    self._sql.execute("UPDATE meta SET value = ? WHERE key = 'revision'", (after,))
                    self._log(after)

    def _log(self, revision: str) -> None:
        """Ends a step: says which ids it changed, and what it led to."""
        step = self.step()[0] + 1
        self._sql.execute("INSERT INTO step VALUES (?, ?)", (step, revision))
        self._sql.executemany("INSERT OR REPLACE INTO change VALUES (?, ?)", ((id_, step) for id_ in self._changed))
        self._sql.execute(
            "INSERT OR REPLACE INTO change SELECT whole, ?1 FROM paper JOIN change USING (id) WHERE step = ?1", (step,)
        )

    def _toggle(self, *content: str, sign: int = 1) -> None:
        # A sum over the rows, so that a change costs the rows that change and their order does not matter.
        digest = hashlib.sha256("\0".join(content).encode()).digest()
        self._change = (self._change + sign * int.from_bytes(digest[:16], "big")) % (1 << 128)

    def _put(self, table: str, id_: str, *values: str) -> None:
        """Replaces the row of ``id_`` in ``table``; without values, deletes it."""
        derived = 2 if table == "paper" else 0  # whole and digest follow from the rest
        self._changed.add(id_)
        old = self._sql.execute(f"SELECT * FROM {table} WHERE id = ?", (id_,)).fetchone()  # noqa: S608
        if old:
            self._toggle(table, id_, *old[1 + derived :], sign=-1)
            self._sql.execute(f"DELETE FROM {table} WHERE id = ?", (id_,))  # noqa: S608
        if values:
            self._toggle(table, id_, *values[derived:])
            marks = ", ".join("?" * (1 + len(values)))
            self._sql.execute(f"INSERT INTO {table} VALUES ({marks})", (id_, *values))  # noqa: S608

    # Reading ---------------------------------------------------------------------------------------------------------

    def papers(self) -> Iterable[Paper]:
        """Every paper once, by id; may be iterated over again."""
        return _View(lambda: (merge(papers) for _, papers in self._groups()))

    def missing(self, pipeline: str) -> Iterable[Paper]:
        """The papers, by id, that have no record, or one by another pipeline or of a text that has changed since.

        Records may be added while iterating. Papers with a given record are never missing.

        Args:
            pipeline: name and version of the pipeline that is to extract them.
        """
        return _View(lambda: self._missing(pipeline))

    def count_missing(self, pipeline: str) -> int:
        """How many papers ``missing`` gives."""
        with self._database.errors():
            return int(self._sql.execute(f"SELECT count(*) {_MISSING}", {"pipeline": pipeline}).fetchone()[0])

    def count(self) -> int:
        """How many papers there are, with or without a record."""
        with self._database.errors():
            return int(self._sql.execute("SELECT count(*) FROM paper WHERE whole = id").fetchone()[0])

    def step(self) -> tuple[int, str]:
        """The number of the last transaction that changed anything, and the revision that it led to."""
        with self._database.errors():
            number, revision = self._sql.execute("SELECT max(number), revision FROM step").fetchone()
        return int(number), str(revision)

    def changed_since(self, step: tuple[int, str]) -> set[str] | None:
        """The ids of the papers that may have other records now; some of them may not be there any more.

        Args:
            step: what ``step`` gave once.

        Returns:
            None if this journal was never at that step, as it is another one or an older copy.
        """
        with self._database.errors():
            if not self._sql.execute("SELECT 1 FROM step WHERE number = ? AND revision = ?", step).fetchone():
                return None
            return {row[0] for row in self._sql.execute("SELECT id FROM change WHERE step > ?", step[:1])}

    def records(self, *, resolved: bool | None = None, of: Collection[str] | None = None) -> Iterable[Record]:
        """The records, by id of their papers; may be iterated over again.

        A record has the metadata of its whole paper (all sources). A record that is out of date is there until it is
        replaced, with the text that it was made of.

        Args:
            resolved: only records whose entity ids are to be kept (given ones) if True; only those whose ids hold
                within one paper if False; both if None.
            of: only those of the papers with these ids.
        """
        return _View(lambda: self._records(resolved, of))

    def _missing(self, pipeline: str) -> Iterator[Paper]:
        last = ""
        while True:
            with self._database.errors():
                page = self._sql.execute(
                    f"SELECT p.id {_MISSING} AND p.id > :last ORDER BY p.id LIMIT :page",
                    {"pipeline": pipeline, "last": last, "page": _PAGE},
                ).fetchall()
            if not page:
                return
            for (id_,) in page:
                rows = self._sql.execute("SELECT json FROM paper WHERE whole = ? ORDER BY id", (id_,)).fetchall()
                yield merge([Paper.model_validate_json(json) for (json,) in rows])
            last = page[-1][0]

    def _records(self, resolved: bool | None, of: Collection[str] | None) -> Iterator[Record]:
        for rows, papers in self._groups(of):
            stored = [(origin, json) for origin, json in rows if origin and json]
            records = [row for row in stored if row[0] != _EXTRACTED] or stored
            if not records:
                continue
            kept = all(origin == _GIVEN for origin, _ in records)
            if resolved is None or resolved is kept:
                merged = merge([*papers, *(Record.model_validate_json(json) for _, json in records)])
                assert isinstance(merged, Record)  # noqa: S101 - papers with a record become a record
                yield merged

    def _groups(
        self, of: Collection[str] | None = None
    ) -> Iterator[tuple[list[tuple[str | None, str | None]], list[Paper]]]:
        """For each paper (origin, JSON) of the records and the papers of all its ids."""
        for wholes in self._pages() if of is None else _pages_of(sorted(of)):
            with self._database.errors():
                rows = self._sql.execute(_GROUPS.format(", ".join("?" * len(wholes))), wholes).fetchall()
            groups: dict[str, list[tuple[str | None, str | None, str]]] = {}
            for whole, *rest in rows:
                groups.setdefault(whole, []).append((rest[0], rest[1], rest[2]))
            for group in groups.values():
                yield [row[:2] for row in group], [Paper.model_validate_json(row[2]) for row in group]

    def _pages(self) -> Iterator[list[str]]:
        """The ids of all papers in order, some at a time, since the journal may change between them."""
        last = ""
        while True:
            with self._database.errors():
                wholes = self._sql.execute(
                    "SELECT DISTINCT whole FROM paper WHERE whole > ? ORDER BY whole LIMIT ?", (last, _PAGE)
                ).fetchall()
            if not wholes:
                return
            yield [row[0] for row in wholes]
            last = wholes[-1][0]


def _pages_of(ids: list[str]) -> Iterator[list[str]]:
    return (ids[at : at + _PAGE] for at in range(0, len(ids), _PAGE))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _record_json(record: Record) -> str:
    return record.model_dump_json(exclude=_METADATA)
