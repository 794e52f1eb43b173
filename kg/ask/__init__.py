"""Questions in English, answered with rows, evidence and the Cypher that found them."""

from kg.ask.asker import Asker, ask
from kg.ask.intent import Answer, Evidence, Intent

__all__ = ["Answer", "Asker", "Evidence", "Intent", "ask"]
