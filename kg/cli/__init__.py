"""The command line: parses, calls ``kg.KnowledgeGraph``, prints."""

from kg.cli.main import main

__all__ = ["main"]
