"""The typed graph of more records than fit into memory.

A graph in memory holds every fact with its sentences: half a gigabyte for ten thousand papers. Here facts are written
to sorted runs as the records pass (``kg.graph.runs``) and read back in the order in which a graph is written, so that
all the evidence of one edge comes together. What stays in memory is the names of the entities, which grow with the
vocabulary and not with the text. Sorting takes n log n steps, everything else passes over the runs once.
"""

from __future__ import annotations

import heapq
import marshal
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self

from kg.graph.build import ENTITY_LABELS, FindVariants, entity_properties, paper_properties, result_properties
from kg.graph.facts import Contribution, Evidence, Fact, Said, StatedResult
from kg.graph.graph import EdgeKey, NodeKey, Properties
from kg.graph.reading import RecordReader
from kg.graph.runs import Runs
from kg.schema import RELATION_ENDS, Paper, Record

_MENTIONS, _VARIANT_OF = "MENTIONS", "VARIANT_OF"
_IN_MEMORY = 60_000
_STATE = "state"


class DiskGraph:
    """A graph as a source of nodes and edges (``kg.graph.source.GraphSource``), the same that ``build_graph`` makes.

    Args:
        folder: on a disk with room for about six times the text of the papers; what is written there goes with
            ``close``, or is left by a process that is killed.
        prefix: what the name of the folder for it begins with; it ends in ``.tmp``.
        in_memory: how many facts each of the five kinds of runs keeps in memory.
        shared: write into ``folder`` itself, which is that (``folder``) of a graph in another process.
    """

    def __init__(
        self, folder: Path, prefix: str = ".graph.", in_memory: int = _IN_MEMORY, *, shared: bool = False
    ) -> None:
        self._own = None if shared else tempfile.TemporaryDirectory(prefix=prefix, suffix=".tmp", dir=folder)
        self.folder = at = Path(self._own.name) if self._own else folder
        self._papers = Runs(at, "papers", in_memory // 10)
        self._said = Runs(at, "said", in_memory)
        self._results = Runs(at, "results", in_memory)
        self._facts = Runs(at, "facts", in_memory)
        self._mentions = Runs(at, "mentions", in_memory)
        self._variants = Runs(at, "variants", in_memory)
        self._names: dict[NodeKey, str] = {}
        self._runs = self._papers, self._said, self._results, self._facts, self._mentions, self._variants

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Removes what was written, unless the folder is another's."""
        if self._own:
            self._own.cleanup()

    def save(self) -> None:
        """Writes down what is in memory, so that the graph that owns the folder can ``load`` it."""
        ends = {end[1:] for *_, ends in self._results for end in ends}
        names = [(*end, self._names[end]) for end in sorted(ends)]
        state = [runs.save() for runs in self._runs], names
        (self.folder / _STATE).write_bytes(marshal.dumps(state))

    def load(self) -> None:
        """Takes over what another process saved in the folder; ready to be read."""
        saved, names = marshal.loads((self.folder / _STATE).read_bytes())  # noqa: S302 - a file of this program's own
        for runs, files in zip(self._runs, saved, strict=True):
            runs.load(files)
        self._names = {(label, identifier): name for label, identifier, name in names}

    # -- gathering ----------------------------------------------------------------------------------------------------

    def add(
        self,
        records: Iterable[Record],
        find_variants: FindVariants | None = None,
        *,
        told: Callable[[Contribution], None] = lambda contribution: None,
    ) -> Self:
        """Adds all the records there are, once; see ``build_graph``; ``told`` is called with what each adds."""
        for record in records:
            told(self._add(record))
        for label, identifier, said in self._entities():
            self._names[label, identifier] = said.name
        if find_variants is not None:
            self._add_variants(find_variants(self._names))
        return self

    def _add(self, record: Record) -> Contribution:
        facts: dict[EdgeKey, Fact] = defaultdict(Fact)
        results: dict[str, StatedResult] = {}
        contribution = Contribution(record.id)
        RecordReader(record, facts, results, contribution).read()
        self._papers.add(("Paper", record.id, record.paper.model_dump_json()))
        for edge, fact in facts.items():
            runs = self._mentions if edge[0] == _MENTIONS else self._facts
            for evidence, (confidence, inferred) in fact.seen.items():
                runs.add((*_flat(edge), *evidence, confidence, inferred))
        for (label, identifier), said in contribution.said.items():
            names = tuple(sorted(said.names.items()))
            self._said.add((label, identifier, record.id, names, tuple(said.aliases), bool(said.papers), said.joined))
        for identifier, stated in results.items():
            result, sentence = stated.result, stated.evidence.sentence
            ends = tuple((edge, *node) for edge, node in stated.ends.items())
            self._results.add(("Result", identifier, result.confidence, result.value, result.kind, sentence, ends))
            node = "Result", identifier
            for edge in (
                ("HAS_RESULT", ("Paper", stated.paper), node),
                *((k, node, e) for k, e in stated.ends.items()),
            ):
                self._facts.add((*_flat(edge), "", 0, 0, "", 0.0, False))
        return contribution

    def _add_variants(self, variants: Iterable[tuple[NodeKey, NodeKey, float]]) -> None:
        """Keeps, for each variant, the first mention of it in each paper."""
        families: dict[NodeKey, list[tuple[NodeKey, float]]] = defaultdict(list)
        for variant, family, confidence in variants:
            if family in self._names:
                families[variant].append((family, confidence))
        for edge, evidence in groupby(self._mentions, itemgetter(*range(5))):
            variant = edge[2], edge[4]
            if variant in families:
                shown = next(evidence)[5:9]
                for family, confidence in families[variant]:
                    self._variants.add((*_flat((_VARIANT_OF, variant, family)), *shown, confidence, False))

    # -- reading ------------------------------------------------------------------------------------------------------

    def iter_nodes(self) -> Iterator[tuple[str, Properties]]:
        """See ``GraphSource``."""
        parts = (self._entity_nodes(), self._paper_nodes(), self._result_nodes())
        return ((label, properties) for label, _, properties in heapq.merge(*parts, key=itemgetter(0, 1)))

    def iter_edges(self) -> Iterator[tuple[str, NodeKey, NodeKey, Properties]]:
        """See ``GraphSource``."""
        every = heapq.merge(self._facts, self._mentions, self._variants)
        for (kind, source, target, source_id, target_id), items in groupby(every, itemgetter(*range(5))):
            fact = Fact()
            sure = 0.0
            for *_, paper, start, end, sentence, confidence, inferred in items:
                if sentence:  # the edges of a result have no evidence of their own
                    fact.add(Evidence(paper, start, end, sentence), confidence, inferred)
                    sure = confidence
            properties: Properties = {}
            if fact.seen:
                properties = fact.properties(offsets=kind == _MENTIONS, inferred=kind in RELATION_ENDS)
            if kind == _VARIANT_OF:  # how sure it is follows from the names, however many papers mention them
                properties["confidence"] = round(sure, 4)
            yield kind, (source, source_id), (target, target_id), properties

    def _entities(self) -> Iterator[tuple[str, str, Said]]:
        for (label, identifier), rows in groupby(self._said, itemgetter(0, 1)):
            said = Said()
            for _, _, paper, names, aliases, mentioned, joined in rows:
                said.names.update(dict(names))
                said.aliases.update(aliases)
                said.papers.update((paper,) if mentioned else ())
                said.joined |= joined
            if said.joined and label in ENTITY_LABELS:
                yield label, identifier, said

    def _entity_nodes(self) -> Iterator[tuple[str, str, Properties]]:
        return (
            (label, identifier, entity_properties(identifier, said)) for label, identifier, said in self._entities()
        )

    def _paper_nodes(self) -> Iterator[tuple[str, str, Properties]]:
        for (label, identifier), rows in groupby(self._papers, itemgetter(0, 1)):
            yield label, identifier, paper_properties([Paper.model_validate_json(json) for _, _, json in rows])

    def _result_nodes(self) -> Iterator[tuple[str, str, Properties]]:
        for (label, identifier), rows in groupby(self._results, itemgetter(0, 1)):
            *_, (_, _, confidence, value, kind, sentence, ends) = rows  # the last one is the surest
            nodes = {edge: self._names[end, end_id] for edge, end, end_id in ends}
            yield label, identifier, result_properties(identifier, value, kind, sentence, confidence, nodes)


def _flat(edge: EdgeKey) -> tuple[str, str, str, str, str]:
    """An edge in the order in which edges are written."""
    kind, source, target = edge
    return kind, source[0], target[0], source[1], target[1]
