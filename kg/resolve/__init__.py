"""Decides what is one thing: abbreviations within a paper, spellings, versions and aliases across papers."""

from kg.resolve.abbreviations import Abbreviation, find_abbreviations
from kg.resolve.decisions import Decisions, Merge, Split
from kg.resolve.names import Version, name_key, parse_version
from kg.resolve.registry import Conflict, Registry, RegistryEntry, check_registry, load_registry
from kg.resolve.resolver import Alias, Resolver, Thing

__all__ = [
    "Abbreviation",
    "Alias",
    "Conflict",
    "Decisions",
    "Merge",
    "Registry",
    "RegistryEntry",
    "Resolver",
    "Split",
    "Thing",
    "Version",
    "check_registry",
    "find_abbreviations",
    "load_registry",
    "name_key",
    "parse_version",
]
