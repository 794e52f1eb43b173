"""The graph for assistants: a server of the Model Context Protocol that only reads."""

from kg.mcp.server import make_server, serve

__all__ = ["make_server", "serve"]
