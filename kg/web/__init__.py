"""The page: look at a graph, ask it, follow its evidence. Read-only, offline, on loopback."""

from kg.web.app import make_app
from kg.web.reader import Library
from kg.web.server import serve

__all__ = ["Library", "make_app", "serve"]
