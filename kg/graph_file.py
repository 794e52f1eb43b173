"""The graph file as a function of the journal beside it."""

from __future__ import annotations

import hashlib
import logging
import shutil
from contextlib import ExitStack, closing
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import KgError
from kg.progress import Progress
from kg.resources import resource

if TYPE_CHECKING:
    from kg.derive import State
    from kg.graph import DiskGraph
    from kg.journal import Journal
    from kg.resolve import Decisions, Registry, Resolver
    from kg.store import LadybugStore

_log = logging.getLogger(__name__)

_FEW, _PART = 32, 5
"""A change of more papers than these, and than the fifth part, makes the graph anew, which is quicker by then."""
_MANY = 5_000
"""After a change of a graph of fewer papers, the first question indexes the names anew, in a second or two."""


class GraphFile:
    """The embedded database at ``path``, and beside it the mark of what it was derived from and the index of how.

    There too are its names, in which questions are looked up (``kg.ask.NameTables``), and what the user says of names:
    a registry (``registry_path``) and decisions (``decisions_path``).

    The store replaces the database in one step, and the mark is taken away before and written after. So a process that
    is killed at any moment leaves a whole graph, and one without the right mark is derived again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.registry_path = Path(f"{path}.registry.yaml")
        self.decisions_path = Path(f"{path}.decisions.yaml")
        self._mark = Path(f"{path}.derived")
        self._index_path = Path(f"{path}.index")

    def exists(self) -> bool:
        """Whether there is a graph, current or not."""
        return self.path.exists()

    def ensure(self) -> None:
        """Writes an empty graph where there is none, so that whatever happens next, there is one to open."""
        from kg.store import LadybugStore

        if not self.exists():
            LadybugStore(self.path).close()

    def open(self) -> LadybugStore:
        """The database, for reading.

        Raises:
            InputError: there is none, or it cannot be read by this version.
        """
        from kg.store import LadybugStore

        return LadybugStore(self.path, read_only=True)

    def is_current(self, journal: Journal) -> bool:
        """Whether the graph is the one that would be derived from the journal now."""
        try:
            return self.exists() and self._mark.read_text(encoding="utf-8") == self._origin(journal)
        except FileNotFoundError:
            return False

    def is_readable(self) -> bool:
        """Whether the graph can be opened: it is not damaged, and not of another version."""
        from kg.store import CorruptStoreError, OutdatedStoreError

        try:
            self.open().close()
        except (CorruptStoreError, OutdatedStoreError):
            return False
        return True

    def derive(self, journal: Journal, progress: Progress) -> LadybugStore:
        """Makes the graph that of the journal's records, and opens it; the journal's lock must be held.

        Where the index beside the graph says how it came about, and little has changed since, only what hangs together
        with that is derived and written; otherwise all of it.
        """
        origin = self._origin(journal)
        for left_over in self.path.parent.glob(f".{self.path.name}.*.tmp"):  # of a writer that was killed
            shutil.rmtree(left_over, ignore_errors=True)
        followed = self._follow(journal, progress)
        store = followed or self._derive_whole(journal, progress)
        self._mark.write_text(origin, encoding="utf-8")
        store.read_only = True
        if not followed or journal.count() > _MANY:
            from kg.ask import NameTables

            with progress.step("Indexing the names"):
                NameTables.of(store).close()
        return store

    def _follow(self, journal: Journal, progress: Progress) -> LadybugStore | None:
        """Brings the graph and its index up to date with what changed; None if it must be made anew."""
        from kg.derive import Increment, Index, TooMuchError
        from kg.resolve import parse_decisions
        from kg.store import LadybugStore
        from kg.store.seal import sealed_checksum

        index = Index.open(self._index_path)
        if index is None:
            return None
        with closing(index), ExitStack() as on_failure:
            state = index.state
            if state is None or (state.graph, state.rules) != (sealed_checksum(self.path), self._rules()):
                return None
            papers = journal.changed_since((state.step, state.revision))
            most = max(_FEW, journal.count() // _PART)
            if papers is None or len(papers) > most:
                return None
            before, after = parse_decisions(state.decisions), self._decisions()
            try:
                with progress.step("Changing the graph"), index.transaction():
                    store = on_failure.enter_context(LadybugStore(self.path))
                    delta = Increment(journal, index, store).delta(papers, before, after, most)
                    self._mark.unlink(missing_ok=True)
                    if delta:
                        store.change(delta)
                    index.state = self._state(journal)
            except TooMuchError:
                return None
            except KgError as error:
                _log.warning("%s; making the graph anew", error)
                return None
            on_failure.pop_all()
            return store

    def _derive_whole(self, journal: Journal, progress: Progress) -> LadybugStore:
        from kg.derive import Index
        from kg.gathering import gather
        from kg.graph import DiskGraph

        draft = Path(f"{self._index_path}.tmp")
        with DiskGraph(self.path.parent, f".{self.path.name}.") as graph:
            gather(self, journal, draft, graph, progress)
            with progress.step("Writing the graph"):
                store = self._write(graph)
        with closing(Index(draft)) as index:
            with index.transaction():
                index.state = self._state(journal)
            index.replace(self._index_path)
        return store

    def _write(self, graph: DiskGraph) -> LadybugStore:
        from kg.store import CorruptStoreError, LadybugStore, OutdatedStoreError

        self._mark.unlink(missing_ok=True)
        try:
            store = LadybugStore(self.path)
        except (CorruptStoreError, OutdatedStoreError):
            # Everything in it is in the journal too.
            self.path.unlink()
            store = LadybugStore(self.path)
        store.write(graph)
        return store

    def _state(self, journal: Journal) -> State:
        """What the index belongs to, once the graph is written."""
        from kg.derive import State
        from kg.store.seal import sealed_checksum

        step, revision = journal.step()
        decisions = self.decisions_path.read_text(encoding="utf-8") if self.decisions_path.exists() else ""
        return State(sealed_checksum(self.path) or "", step, revision, self._rules(), decisions)

    def registry(self) -> Registry:
        """The registry that ships with the program, with the user's on top if there is one."""
        from kg.resolve import load_registry

        return load_registry(self.registry_path if self.registry_path.exists() else None)

    def resolver(self, journal: Journal, decisions: Decisions | None = None) -> Resolver:
        """What decides on the names of the journal's records, by the decisions that are kept or by others."""
        from kg.resolve import Resolver

        decisions = self._decisions() if decisions is None else decisions
        return Resolver(self.registry(), decisions).fit(journal.records(resolved=False))

    def _decisions(self) -> Decisions:
        from kg.resolve import read_decisions

        return read_decisions(self.decisions_path)

    def _origin(self, journal: Journal) -> str:
        """Tells apart whatever a graph follows from: records, schema, programs, known names, and the user's word."""
        decisions = hashlib.sha256(self.decisions_path.read_bytes() if self.decisions_path.exists() else b"")
        return f"{journal.revision} {self._rules()} {decisions.hexdigest()}\n"

    def _rules(self) -> str:
        """Tells apart whatever a graph follows from but for records and decisions."""
        from kg.store.ladybug_schema import schema_version

        digest = hashlib.sha256()
        for file in (*sorted((resource("config") / "registry").glob("*.yaml")), self.registry_path):
            digest.update(hashlib.sha256(file.read_bytes() if file.exists() else b"").digest())
        return f"{schema_version()} {version('ladybug')} {version('paperkg')} {digest.hexdigest()}"
