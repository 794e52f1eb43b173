"""Decides what is one thing: abbreviations within a paper, spellings, versions and aliases across papers."""

from kg.resolve.abbreviations import Abbreviation, find_abbreviations
from kg.resolve.clusters import is_called_by_counts, joints
from kg.resolve.decisions import Decisions, Merge, Split, parse_decisions, read_decisions, write_decisions
from kg.resolve.evidence import Evidence, EvidenceRow, Name, surfaces_of
from kg.resolve.families import Thing, Variant, family_keys, find_variants, nearest_families
from kg.resolve.names import Version, name_key, parse_version
from kg.resolve.registry import (
    Conflict,
    Registry,
    RegistryEntry,
    check_registry,
    copy_entries,
    entry_line,
    list_of,
    load_registry,
)
from kg.resolve.resolver import Alias, Ambiguity, Resolver, give_ids, relabel
from kg.resolve.table import Label, NameFacts, NameTable

__all__ = [
    "Abbreviation",
    "Alias",
    "Ambiguity",
    "Conflict",
    "Decisions",
    "Evidence",
    "EvidenceRow",
    "Label",
    "Merge",
    "Name",
    "NameFacts",
    "NameTable",
    "Registry",
    "RegistryEntry",
    "Resolver",
    "Split",
    "Thing",
    "Variant",
    "Version",
    "check_registry",
    "copy_entries",
    "entry_line",
    "family_keys",
    "find_abbreviations",
    "find_variants",
    "give_ids",
    "is_called_by_counts",
    "joints",
    "list_of",
    "load_registry",
    "name_key",
    "nearest_families",
    "parse_decisions",
    "parse_version",
    "read_decisions",
    "relabel",
    "surfaces_of",
    "write_decisions",
]
