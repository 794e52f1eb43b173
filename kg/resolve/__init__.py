"""Decides what is one thing: abbreviations within a paper, spellings, versions and aliases across papers."""

from kg.resolve.abbreviations import Abbreviation, find_abbreviations
from kg.resolve.decisions import Decisions, Merge, Split, read_decisions, write_decisions
from kg.resolve.families import Thing, Variant, find_variants
from kg.resolve.names import Version, name_key, parse_version
from kg.resolve.registry import Conflict, Registry, RegistryEntry, check_registry, copy_entries, load_registry
from kg.resolve.resolver import Alias, Ambiguity, Resolver

__all__ = [
    "Abbreviation",
    "Alias",
    "Ambiguity",
    "Conflict",
    "Decisions",
    "Merge",
    "Registry",
    "RegistryEntry",
    "Resolver",
    "Split",
    "Thing",
    "Variant",
    "Version",
    "check_registry",
    "copy_entries",
    "find_abbreviations",
    "find_variants",
    "load_registry",
    "name_key",
    "parse_version",
    "read_decisions",
    "write_decisions",
]
