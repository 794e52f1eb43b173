"""What a Cypher text says, as far as stores must know it before they run it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.errors import InputError

_OPAQUE = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`(?:``|[^`])*`|//[^\n\r]*|/\*.*?\*/", re.DOTALL)
_WRITING = (
    "ALTER", "ATTACH", "BEGIN", "CHECKPOINT", "COMMENT", "COMMIT", "COPY", "CREATE", "DELETE", "DETACH", "DROP",
    "EXPORT", "FOREACH", "IMPORT", "INSERT", "INSTALL", "LOAD", "MERGE", "REMOVE", "ROLLBACK", "SET", "UNINSTALL",
    "UPDATE", "USE",
)  # fmt: skip
_WORD = re.compile(rf"(?<![\w.:$|])(?:{'|'.join(_WRITING)})(?!\w)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}")


def statements(text: str) -> list[str]:
    """The statements of a Cypher file, which end with semicolons; comments are left out."""
    parts = [""]
    last = 0
    for match in _OPAQUE.finditer(text):
        _extend(parts, text[last : match.start()])
        parts[-1] += match.group() if match.group()[0] in "'\"`" else " "
        last = match.end()
    _extend(parts, text[last:])
    return [part.strip() for part in parts if part.strip()]


def _extend(parts: list[str], code: str) -> None:
    first, *more = code.split(";")
    parts[-1] += first
    parts.extend(more)


def parameter_names(cypher: str) -> set[str]:
    """The parameters that a query uses: ``$name`` outside of texts and comments."""
    return set(re.findall(r"\$(\w+)", code_of(cypher)))


def check_parameters(cypher: str, parameters: Mapping[str, object]) -> None:
    """Refuses a query with a parameter that was not given, which Ladybug would take for null.

    Raises:
        InputError: naming the parameters.
    """
    if missing := sorted(parameter_names(cypher) - parameters.keys()):
        raise InputError(f"the query needs the parameters {', '.join(missing)}", "give each a value")


def check_reads_only(cypher: str) -> None:
    """Refuses a query that would write, touch files, or hold more than one statement.

    Databases refuse writes to a graph opened for reading, but not what reaches outside of it: ``COPY ... TO`` and
    ``LOAD`` open files of this machine. Names that equal such a word need back quotes.

    Raises:
        InputError: naming the word.
    """
    if match := _ESCAPE.search(cypher):  # Neo4j decodes these before it parses, so they could hide a word
        raise InputError(f"the query has the escape {match.group()}", "write the character itself")
    code = code_of(cypher)
    if match := _WORD.search(code):
        raise InputError(
            f"the query would do more than read: {match.group().upper()}",
            "use MATCH ... RETURN, and put a name that equals this word in back quotes",
        )
    if code.rstrip().rstrip(";").count(";"):
        raise InputError("the text holds more than one query", "run one at a time")
    if not code.strip(" \n\t\r;"):
        raise InputError("the query is empty", "write a query such as MATCH (p:Paper) RETURN p.title")


def code_of(cypher: str) -> str:
    """A query without what is in quotes and in comments."""
    return _OPAQUE.sub(lambda match: " '' " if match.group()[0] in "'\"`" else " ", cypher)
