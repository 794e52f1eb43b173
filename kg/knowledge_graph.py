"""The one object of the Python API: a typed graph of papers that is built, asked, loaded and exported."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from kg.build_report import Broken, BuildReport, Counts
from kg.errors import InputError, KgError, StoppedError
from kg.graph_file import GraphFile
from kg.progress import Progress, Silent

if TYPE_CHECKING:
    from kg.ask import Answer, Asker
    from kg.curation import Curation, EntityEntry
    from kg.graph import Graph
    from kg.journal import Added, Journal
    from kg.resolve import Decisions
    from kg.schema import Paper
    from kg.store import LoadSummary, Rows, Store
    from kg.suggestion import Suggestion
    from kg.web import Library

_log = logging.getLogger(__name__)


class KnowledgeGraph:
    """A typed graph of papers, in a file or on a Neo4j server.

    Args:
        where: the file of an embedded graph, which ``build`` makes (beside it lies ``FILE.records``, the journal that
            the graph is derived from), or the address of a Neo4j server (``bolt://host:port``).
        user: the user of a Neo4j server.
        password: the user's password.
        progress: how work that takes long is shown.

    Nothing is opened before it is needed; ``close``, or leaving a ``with``, closes what is open.
    """

    def __init__(
        self,
        where: str | Path = "graph.lbug",
        *,
        user: str | None = None,
        password: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._uri = where if isinstance(where, str) and "://" in where else None
        self._path = Path(where)
        self._user, self._password = user, password
        self._progress = progress or Silent()
        self._file = GraphFile(self._path)
        self._store: Store | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database, if it is open."""
        if self._store is not None:
            self._store.close()
            self._store = None

    # Building --------------------------------------------------------------------------------------------------------

    def build(
        self,
        inputs: Sequence[str | Path],
        *,
        resolve: bool = False,
        pipeline: str | None = None,
        registry: str | Path | None = None,
        columns: Mapping[str, str] | None = None,
        skip_broken: bool = False,
        processes: int = 1,
        stop: Callable[[], bool] = lambda: False,
    ) -> BuildReport:
        """Reads papers and adds what they say to the graph.

        Every input is read before anything changes. What is extracted is committed batch by batch, and the graph is
        replaced at once when all of it is there. The same papers give the same graph, in whatever order and in however
        many builds they come.

        Args:
            inputs: what ``kg.corpus.read_papers`` takes.
            resolve: give the entities of extraction records ids and names anew, as for papers.
            pipeline: name or folder of the extraction pipeline.
            registry: a file of names of your own (see ``kg.resolve.load_registry``); it is kept with the graph and used
                until another is given.
            columns: how inputs call the fields of a paper (see ``kg.corpus.read_papers``).
            skip_broken: report broken records to the log and leave them out, instead of ending with the first.
            processes: over how many processes the extraction is spread (see ``kg.extract.parallel``).
            stop: asked after each batch; once it says True, the graph of what is there is made and the build ends.

        Raises:
            InputError: an input cannot be read; the graph is as it was.
            KgError: another process is building this graph.
        """
        from kg.corpus import read_papers
        from kg.extraction import extract_missing
        from kg.resolve import copy_entries, load_registry

        if self._uri:
            raise InputError("a graph is built in a file, not on a server", "build it, then load it into the server")
        if not self._path.parent.is_dir() or self._path.is_dir():
            raise InputError("no graph can be made here", "name a file in a folder that exists", file=self._path)
        self.close()
        if registry is not None:
            load_registry(Path(registry))  # so that a broken file is found before anything changes
        broken = Broken()
        papers = broken.counted(read_papers(inputs, columns=columns, on_error=broken if skip_broken else None))
        if self._file.exists() and not self._journal_path.exists():
            raise InputError(
                f"the graph is there, but its records are not ({self._journal_path.name})",
                "put them back beside it, or build under another name",
                file=self._path,
            )
        with self._open_journal(create=True) as journal, journal.lock():
            added = self._add(papers, journal, resolve=resolve, stop=stop)
            if registry is not None:
                copy_entries(Path(registry), self._file.registry_path)
            self._file.ensure()
            waiting = extract_missing(journal, pipeline, processes=processes, progress=self._progress, stop=stop)
            if not (self._file.is_current(journal) and self._file.is_readable()):
                self._store = self._file.derive(journal, self._progress)
            return BuildReport(
                read=added.read,
                new=added.new,
                papers=journal.count(),
                waiting=waiting,
                counts=self.stats(),
                broken=broken.records,
                titles=broken.titles,
            )

    def add(
        self,
        inputs: Sequence[str | Path],
        *,
        resolve: bool = False,
        pipeline: str | None = None,
        columns: Mapping[str, str] | None = None,
        skip_broken: bool = False,
    ) -> BuildReport:
        """Adds papers to a graph that is there, which ``build`` with the same papers does too.

        What hangs together with the new papers is derived and written, and no more (see docs/resolution.md for what
        that costs).

        Raises:
            InputError: there is no graph, or an input cannot be read; the graph is as it was.
            KgError: another process is building this graph.
        """
        if not self._uri and not self._file.exists() and not self._journal_path.exists():
            raise InputError("there is no graph", "build one first: kg build INPUT… --graph PATH", file=self._path)
        return self.build(inputs, resolve=resolve, pipeline=pipeline, columns=columns, skip_broken=skip_broken)

    def _add(self, papers: Iterable[Paper], journal: Journal, *, resolve: bool, stop: Callable[[], bool]) -> Added:
        """Adds papers to the journal, all or none."""
        try:
            reading = self._progress.track(_until(stop, papers), "Reading papers")
            return journal.add_papers(reading, resolve=resolve)
        except BaseException:
            if not journal.count():
                # It was made for these papers; without it the next command says that there is no graph.
                for made in (self._journal_path, Path(f"{self._journal_path}.lock")):
                    made.unlink(missing_ok=True)
            raise

    def remove(self, paper: str) -> str:
        """Removes a paper and exactly what only it states; gives its id.

        Args:
            paper: its id, its arXiv id or its exact title.

        Raises:
            InputError: there is no such paper, or there are several with that title.
        """
        if self._uri:
            raise InputError("papers are removed from the graph's file", "do it there, then load it into the server")
        self.close()
        with self._open_journal() as journal, journal.lock():
            found = [p.id for p in journal.papers() if paper in (p.id, p.arxiv_id, p.title)]
            if len(found) != 1:
                problem = f"{len(found) or 'no'} papers have the id or title {paper!r}"
                raise InputError(problem, "give the id of one, as kg query and kg export show it", file=self._path)
            journal.remove(found[0])
            self._store = self._file.derive(journal, self._progress)
        return found[0]

    # Deciding --------------------------------------------------------------------------------------------------------

    def entity(self, name: str) -> list[EntityEntry]:
        """The entities that a name or alias stands for, with the reason of each alias (see ``kg.curation``)."""
        with self._curating() as curation:
            return curation.show(name)

    def merge(self, name: str, into: str) -> None:
        """Makes ``name`` one thing with ``into``, called that; the decision is kept with the graph."""
        with self._curating() as curation:
            self._decide(curation, curation.merge(name, into))

    def split(self, name: str, alias: str) -> None:
        """Makes ``alias`` a thing of its own and none of ``name``; the decision is kept with the graph."""
        with self._curating() as curation:
            self._decide(curation, curation.split(name, alias))

    @contextmanager
    def _curating(self) -> Iterator[Curation]:
        from kg.curation import Curation

        if self._uri:
            raise InputError("names are decided in the graph's file", "do it there, then load it into the server")
        self.close()
        with self._open_journal() as journal, journal.lock():
            yield Curation(journal, self._file)

    def _decide(self, curation: Curation, decisions: Decisions) -> None:
        from kg.resolve import write_decisions

        write_decisions(self._file.decisions_path, decisions)
        self._store = self._file.derive(curation.journal, self._progress)

    # Asking ----------------------------------------------------------------------------------------------------------

    def ask(self, question: str) -> Answer:
        """Answers a question in English; the answer holds the Cypher that was run."""
        return self.asker().ask(question)

    def asker(self) -> Asker:
        """What answers questions: it also reads a question without running it, and describes names."""
        from kg.ask.asker import asker_of

        return asker_of(self.store())

    def store(self) -> Store:
        """The open database: Cypher with ``run``; it is closed with this object."""
        return self._open()

    def query(self, query: str, /, **parameters: Any) -> Rows:
        """Runs a named query of ``cypher/queries`` (see ``kg.store.list_queries``).

        Raises:
            InputError: there is no such query, or a parameter is missing, unknown or of another type.
        """
        from kg.store import run_query

        return run_query(self._open(), query, parameters)

    def stats(self) -> Counts:
        """Nodes by label and edges by type."""
        return self._open().counts()

    def graph(self) -> Graph:
        """The whole graph in memory; ``.to_networkx()`` gives it to networkx."""
        return self._open().read_graph()

    # Looking ---------------------------------------------------------------------------------------------------------

    def serve(
        self,
        host: str = "127.0.0.1",
        port: int = 8050,
        *,
        allow_cypher: bool = False,
        started: Callable[[str], None] = lambda address: None,
    ) -> None:
        """Serves the page over this graph until Ctrl-C; see ``kg.web.serve``."""
        from kg.web import serve

        serve(self._library(), host, port, allow_cypher=allow_cypher, started=started)

    def view(self, entity: str, path: str | Path, neighbours: int = 40) -> Path:
        """Writes what is around an entity as one HTML file (see ``kg.web.single_file``) and returns its path."""
        from kg.web.reader import Reader
        from kg.web.single_file import write_view

        return write_view(Reader(self._open()), entity, Path(path), neighbours)

    def plot(self, path: str | Path) -> Path:
        """Writes the charts of the overview as PNG or SVG and returns the path."""
        from kg.web.charts import write_charts
        from kg.web.reader import Reader

        return write_charts(Reader(self._open()), Path(path))

    def _library(self) -> Library:
        """The graph as the page reads it: opened anew after it was built anew."""
        from kg.web import Library

        def again() -> Store:
            self._store = None  # Views that are being read keep the graph as it was open until they end.
            return self._open()

        return Library(again, (lambda: None) if self._uri else (lambda: self._path.stat().st_mtime_ns))

    # Taking away -----------------------------------------------------------------------------------------------------

    def load(
        self,
        uri: str | None = None,
        *,
        user: str | None = None,
        password: str | None = None,
        database: str | None = None,
        prune: bool = False,
    ) -> LoadSummary:
        """Loads the graph into a Neo4j server; doing it twice changes nothing.

        Args:
            uri: the server's address; like the other three by default from ``NEO4J_URI``, ``NEO4J_USERNAME``,
                ``NEO4J_PASSWORD`` and ``NEO4J_DATABASE``.
            user: the user.
            password: the user's password.
            database: the database on the server.
            prune: delete there what an earlier load wrote and the graph no longer has.
        """
        from kg.store import Neo4jStore

        graph = self.graph()
        with Neo4jStore(uri, user, password, database) as server, self._progress.step("Loading") as update:
            return server.write(graph, prune, progress=lambda _, done, total: update(done, total))

    def export(self, path: str | Path, format: str | None = None) -> Path:
        """Writes the graph to a file (see ``kg.export.export``) and returns its path."""
        from kg.export import export

        with self._progress.step(f"Writing {path}"):
            return export(self._open(), path, format)

    def backup(self, archive: str | Path) -> Path:
        """Writes the graph with its records to one archive (see ``kg.store.backup``) and returns its path."""
        from kg.store.backup import backup

        self._open()  # brings it up to date
        return backup(self._path, archive)

    def restore(self, archive: str | Path, *, replace: bool = False) -> None:
        """Puts the graph of an archive in this place; ``replace`` says that a graph there may be overwritten."""
        from kg.store.backup import restore

        self.close()
        restore(archive, self._path, replace)

    def suggest_entries(self, papers: int = 10) -> list[Suggestion]:
        """What the registry lacks of what at least so many papers name (see ``kg.suggestion``)."""
        from kg.suggestion import suggest_entries

        store = self._open()
        return suggest_entries(store, self._file.registry(), papers)

    # Opening ---------------------------------------------------------------------------------------------------------

    @property
    def _journal_path(self) -> Path:
        return Path(f"{self._path}.records")

    def _open_journal(self, *, create: bool = False) -> Journal:
        from kg.journal import Journal

        return Journal(self._journal_path, create=create)

    def _open(self) -> Store:
        if self._store is not None and not self._uri:
            from kg.store import LadybugStore

            if isinstance(self._store, LadybugStore) and self._store.is_replaced():
                self._store = None  # Whoever still reads the graph as it was keeps it open until done.
        if self._store is None:
            self._store = self._open_server(self._uri) if self._uri else self._open_file()
        return self._store

    def _open_server(self, uri: str) -> Store:
        from kg.store import Neo4jStore

        return Neo4jStore(uri, self._user, self._password)

    def _open_file(self) -> Store:
        if self._journal_path.exists():
            with self._open_journal() as journal:
                if not self._file.is_current(journal):
                    self._bring_up_to_date(journal)
        elif not self._file.exists():
            raise InputError("there is no graph", "build one first: kg build INPUT… --graph PATH", file=self._path)
        return self._file.open()

    def _bring_up_to_date(self, journal: Journal) -> None:
        """Derives the graph that a killed build left behind, unless another process is at it."""
        with ExitStack() as stack:
            try:
                stack.enter_context(journal.lock())
            except KgError as error:
                if not self._file.exists():
                    raise
                _log.warning("%s; this is the graph as it was before", error)
                return
            if not self._file.is_current(journal):
                _log.warning("%s is older than its records; making it anew from them", self._path)
                self._file.derive(journal, self._progress).close()


def _until(stop: Callable[[], bool], papers: Iterable[Paper]) -> Iterator[Paper]:
    for paper in papers:
        if stop():
            raise StoppedError("stopped while reading; the graph is as it was")
        yield paper
