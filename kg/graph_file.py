"""The graph file as a function of the journal beside it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from kg.progress import Progress
from kg.resources import resource

if TYPE_CHECKING:
    from kg.graph import NodeKey
    from kg.journal import Journal
    from kg.resolve import Decisions, Registry, Resolver
    from kg.schema import Record
    from kg.store import LadybugStore


class GraphFile:
    """The embedded database at ``path``, and beside it the mark of what it was derived from.

    Beside it too lies what the user says of names: a registry (``registry_path``) and decisions (``decisions_path``).

    The store replaces the database in one step, and the mark is taken away before and written after. So a process that
    is killed at any moment leaves a whole graph, and one without the right mark is derived again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.registry_path = Path(f"{path}.registry.yaml")
        self.decisions_path = Path(f"{path}.decisions.yaml")
        self._mark = Path(f"{path}.derived")

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

    def derive(self, journal: Journal, progress: Progress) -> None:
        """Replaces the graph by that of the journal's records; the journal's lock must be held."""
        from kg.graph import DiskGraph
        from kg.store import CorruptStoreError, LadybugStore, OutdatedStoreError

        origin = self._origin(journal)
        registry = self.registry()
        with progress.step("Resolving names"):
            resolver = self.resolver(journal)
        draft = f".{self.path.name}."
        for left_over in self.path.parent.glob(f"{draft}*.tmp"):  # of a writer that was killed
            shutil.rmtree(left_over, ignore_errors=True)
        with DiskGraph(self.path.parent, draft) as graph:
            graph.add(_resolved(journal, resolver, progress), partial(_variants, registry))
            with progress.step("Writing the graph"):
                self._mark.unlink(missing_ok=True)
                try:
                    store = LadybugStore(self.path)
                except (CorruptStoreError, OutdatedStoreError):
                    # Everything in it is in the journal too.
                    self.path.unlink()
                    store = LadybugStore(self.path)
                with store:
                    store.write(graph)
                self._mark.write_text(origin, encoding="utf-8")

    def registry(self) -> Registry:
        """The registry that ships with the program, with the user's on top if there is one."""
        from kg.resolve import load_registry

        return load_registry(self.registry_path if self.registry_path.exists() else None)

    def resolver(self, journal: Journal, decisions: Decisions | None = None) -> Resolver:
        """What decides on the names of the journal's records, by the decisions that are kept or by others."""
        from kg.resolve import Resolver, read_decisions

        decisions = read_decisions(self.decisions_path) if decisions is None else decisions
        return Resolver(self.registry(), decisions).fit(journal.records(resolved=False))

    def _origin(self, journal: Journal) -> str:
        """Tells apart whatever a graph follows from: records, schema, program, known names, and the user's word."""
        from kg.store.ladybug import schema_version

        digest = hashlib.sha256()
        for file in (
            *sorted((resource("config") / "registry").glob("*.yaml")),
            self.registry_path,
            self.decisions_path,
        ):
            digest.update(hashlib.sha256(file.read_bytes() if file.exists() else b"").digest())
        return f"{journal.revision} {schema_version()} {version('paperkg')} {digest.hexdigest()}\n"


def _resolved(journal: Journal, resolver: Resolver, progress: Progress) -> Iterable[Record]:
    """All records of a journal; entities of records that were extracted become those of the whole."""
    kept, loose = journal.records(resolved=True), journal.records(resolved=False)
    return progress.track(chain(kept, map(resolver.apply, loose)), "Building the graph", journal.count())


def _variants(registry: Registry, names: Mapping[NodeKey, str]) -> Iterator[tuple[NodeKey, NodeKey, float]]:
    """Which entities of a graph are variants of which; of given and of extracted records alike."""
    from kg.resolve import Thing, find_variants
    from kg.schema import EntityType

    things = (Thing(EntityType(label), id_, name) for (label, id_), name in names.items())
    for found in find_variants(things, registry):
        label = str(found.type)
        yield (label, found.variant), (label, found.family), found.confidence
