"""Queries that a stranger may have written: they only read, within a time, a memory and a number of rows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.errors import InputError
from kg.store.cypher import check_parameters, check_reads_only, code_of

_READING = ("MATCH", "OPTIONAL", "RETURN", "UNWIND", "WITH")
_PROCEDURE = re.compile(r"\bCALL\b(?!\s*(?:\([^()]*\)\s*)?\{)", re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """What a query may take: seconds, rows of its answer, and bytes of memory where the store can tell."""

    seconds: float = 5.0
    rows: int = 1000
    memory: int = 256 * 2**20

    def too_slow(self) -> InputError:
        """The error of a query that was ended."""
        return InputError(f"the query took more than {self.seconds:g} seconds and was ended", "match less of the graph")

    def too_large(self) -> InputError:
        """The error of a query that needs more memory."""
        return InputError("the query needs more memory than it may take", "match or sort less of the graph")


def check_harmless(cypher: str) -> None:
    """Refuses what is more than a query: writing, files, procedures, settings, commands to the server.

    The word of the database is not enough for these: even where nothing can be written, a procedure may open
    addresses, end the queries of others or lift the limits of a connection.

    Raises:
        InputError: naming what it is.
    """
    check_reads_only(cypher)
    check_parameters(cypher, {})
    code = code_of(cypher).lstrip()
    first = re.match(r"\w*", code)
    if first is None or first[0].upper() not in _READING:
        raise InputError(f"the query begins with {code.split()[0]}", f"begin with one of {', '.join(_READING)}")
    if _PROCEDURE.search(code):
        raise InputError("the query calls a procedure, which may do more than read", "use MATCH ... RETURN")
