"""Typed knowledge graphs of machine-learning papers, read from titles and abstracts.

>>> from kg import KnowledgeGraph
>>> graph = KnowledgeGraph("graph.lbug")
>>> graph.build(["papers.txt"])                                  # doctest: +SKIP
>>> graph.ask("which methods report on MATH500").names()         # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

from kg.errors import InputError, KgError

if TYPE_CHECKING:
    from kg.build_report import BuildReport
    from kg.knowledge_graph import KnowledgeGraph

__all__ = ["BuildReport", "InputError", "KgError", "KnowledgeGraph"]


def __getattr__(name: str) -> Any:
    # Loaded when first used: the command line imports this package too, and only few commands need all of it.
    if name in ("BuildReport", "KnowledgeGraph"):
        from kg import knowledge_graph

        return getattr(knowledge_graph, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
