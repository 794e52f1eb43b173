"""Questions in English, answered with rows, evidence and the Cypher that found them."""

from kg.ask.asker import Asker, ask
from kg.ask.intent import Answer, Evidence, Intent
from kg.ask.name_search import Found, NameSearch
from kg.ask.name_tables import NameTables

__all__ = ["Answer", "Asker", "Evidence", "Found", "Intent", "NameSearch", "NameTables", "ask"]
