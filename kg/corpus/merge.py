"""Making one paper of all that was read of it.

A merge depends on the set of what is merged, never on its order or grouping, so that a graph is the same however its
input was cut into files and runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kg.corpus.identity import paper_id
from kg.schema import Paper, Record


def _longest(values: Iterable[str]) -> str:
    return min(values, key=lambda value: (-len(value), value))


def _least(values: Iterable[str | None]) -> str | None:
    return min((value for value in values if value is not None), default=None)


def _most(values: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return min(values, key=lambda value: (-len(value), value))


_WHERE_FROM = set(Paper.model_fields) - {"title", "abstract"}


def _preference(record: Record) -> tuple[int, int, str]:
    return -len(record.text), -len(record.mentions), record.model_dump_json(exclude=_WHERE_FROM)


def merge(papers: Sequence[Paper]) -> Paper:
    """One paper of several readings of it; a ``Record`` if one of them is.

    An arXiv id wins over an id made from the title. Title and abstract are the longest, each; of equally long ones the
    first in lexicographic order. Offsets hold only for a record's own text, so where there are records one of them
    (longest text, most mentions, lexicographic order) gives text and annotations. Sources are united.

    Args:
        papers: at least one reading; all of the same paper.
    """
    if len(papers) == 1:
        return papers[0]
    records = [paper for paper in papers if isinstance(paper, Record)]
    arxiv = _least(paper.arxiv_id for paper in papers)
    merged = {
        "id": arxiv or min(paper.id for paper in papers),
        "source": tuple(sorted({name for paper in papers for name in paper.source})),
        "arxiv_id": arxiv,
        "doi": _least(paper.doi for paper in papers),
        "url": _least(paper.url for paper in papers),
        "published": _least(paper.published for paper in papers),
        "authors": _most(paper.authors for paper in papers),
        "categories": _most(paper.categories for paper in papers),
    }
    if records:
        return min(records, key=_preference).model_copy(update=merged)
    return papers[0].model_copy(
        update=merged
        | {
            "title": _longest(paper.title for paper in papers),
            "abstract": _longest(paper.abstract for paper in papers),
        }
    )


def dedupe(papers: Iterable[Paper]) -> list[Paper]:
    """Every paper once, in the order of first appearance.

    Papers are the same if their ids are, or if one has an arXiv id, the other has none, and their titles differ only
    in case and punctuation. A title shared by several arXiv papers is taken for the one with the least id.
    """
    by_id: dict[str, Paper] = {}
    arxiv_of: defaultdict[str, set[str]] = defaultdict(set)
    for paper in papers:
        known = by_id.get(paper.id)
        by_id[paper.id] = merge([known, paper]) if known else paper
        if paper.arxiv_id:
            arxiv_of[paper_id(paper.title)].add(paper.id)
    groups: defaultdict[str, list[Paper]] = defaultdict(list)
    for id_, paper in by_id.items():
        groups[id_ if paper.arxiv_id else min(arxiv_of.get(id_, (id_,)))].append(paper)
    return [merge(group) for group in groups.values()]
