"""Addresses of the page: every state has one, and a part of the page is reached by no other way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, unquote, urlencode


@dataclass(frozen=True)
class Address:
    """The decoded parts of a path and the values of its query, each a list: ``/entity/Method/x?all=papers``.

    ``search`` is the query as it was written.
    """

    path: tuple[str, ...] = ()
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    search: str = ""

    @classmethod
    def parse(cls, pathname: str | None, search: str | None) -> Address:
        """An address from what a browser calls pathname and search."""
        parts = tuple(unquote(part) for part in (pathname or "").split("/") if part)
        return cls(parts, parse_qs((search or "").removeprefix("?"), max_num_fields=400), search or "")

    @classmethod
    def of(cls, text: str) -> Address:
        """An address that ``href`` wrote."""
        pathname, _, search = text.partition("?")
        return cls.parse(pathname, search)

    @property
    def view(self) -> str:
        """The first part of the path, which names the view."""
        return self.path[0] if self.path else ""

    def first(self, name: str) -> str:
        """The first value of ``name`` without blanks around it, or an empty text."""
        return next(iter(self.query.get(name, ())), "").strip()

    def number(self, name: str, default: float) -> float:
        """The first value of ``name`` as a number; the default where it is none."""
        try:
            return float(self.first(name))
        except ValueError:
            return default


def href(*path: str, **query: str | Sequence[str] | None) -> str:
    """The address of a path and a query as text; what is empty or None is left out."""
    pairs = [(name, [value] if isinstance(value, str) else value) for name, value in query.items() if value]
    search = urlencode([(name, list(values)) for name, values in pairs], doseq=True)
    return "/" + "/".join(quote(part, safe="") for part in path) + (f"?{search}" if search else "")


def of_node(label: str, identifier: str) -> str:
    """The address of a node's own view."""
    return href("paper", identifier) if label == "Paper" else href("entity", label, identifier)
