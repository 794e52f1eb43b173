"""From an intent to one Cypher query with parameters.

Labels, edge types and column names come from the schema and from ``config/ask/``; everything that a person typed is a
parameter. The text runs unchanged on Ladybug and on Neo4j.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kg.ask.facts import FactQuery
from kg.ask.intent import Intent
from kg.ask.results import ResultQuery
from kg.ask.things import ThingQuery
from kg.ask.vocabulary import Kinds


@dataclass(frozen=True)
class Query:
    """A query with its parameters, and whether its rows come in the order asked for; those of a union do not."""

    text: str
    parameters: dict[str, Any]
    ordered: bool = True


def compile_intent(intent: Intent, kinds: Kinds) -> Query:
    """The query that answers an intent."""
    if intent.form in ("define", "compare"):
        things = ThingQuery(intent, kinds)
        return _union(things.define() if intent.form == "define" else things.compare(), things.parameters)
    bounded = bool(intent.metric or intent.thresholds)
    if intent.form in ("results", "best") or bounded or intent.asked == ("Result",):
        results = ResultQuery(intent, kinds)
        if intent.asked == ("Result",):
            return Query(results.results(), results.parameters)
        scored = results.count_scored() if intent.form == "count" else results.scored()
        return Query(scored, results.parameters)
    facts = FactQuery(intent, kinds)
    if intent.form == "count":
        return Query(facts.count(), facts.parameters)
    if all(constraint.negated for constraint in intent.constraints):
        return Query(facts.everything(), facts.parameters)
    return _union(facts.branches(), facts.parameters)


def _union(branches: Sequence[str], parameters: dict[str, Any]) -> Query:
    return Query("\nUNION ALL\n".join(branches), parameters, ordered=False)
