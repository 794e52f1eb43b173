"""The papers and extraction records of a graph, kept beside it."""

from kg.journal.journal import Added, Journal

__all__ = ["Added", "Journal"]
