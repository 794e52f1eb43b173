"""Serves the page over HTTP until it is stopped."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import waitress

from kg.errors import InputError, KgError
from kg.web.address import Address, href, of_node
from kg.web.app import make_app
from kg.web.facts import mentions
from kg.web.reader import Library, Reader
from kg.web.views import entity, graph, overview, paper

_LATER = 2.0
"""Seconds after which what is not needed yet is read, so that the first view need not share the processor with it."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def serve(
    library: Library,
    host: str = "127.0.0.1",
    port: int = 8050,
    *,
    allow_cypher: bool = False,
    started: Callable[[str], None] = lambda _: None,
) -> None:
    """Serves the page until Ctrl-C.

    Args:
        library: opens the graph.
        host: the address to listen on; only on loopback unless it is another.
        port: the port; 0 takes one that is free.
        allow_cypher: add a view that runs queries, which can only read.
        started: told the address of the page once it answers.

    Raises:
        InputError: the address cannot be listened on.
        KgError: the graph cannot be opened.
    """
    local = host in {"localhost", "127.0.0.1", "::1"}
    reader = library.reader()
    app = make_app(library, hosts=LOOPBACK if local else None, allow_cypher=allow_cypher)
    # What every view needs, and the overview, which is looked at first.
    _ = reader.counts, reader.names, overview.page(Address.parse("/", ""), reader)
    try:
        server = waitress.create_server(app.server, host=host, port=port, threads=8, ident=None)
    except OSError as error:
        raise InputError(
            f"{host}:{port} cannot be listened on ({error.strerror or error})", "choose another --port"
        ) from None
    later = threading.Timer(_LATER, _look_around, args=(reader,))
    later.daemon = True
    later.start()
    name = f"[{host}]" if ":" in host else host
    started(f"http://{name}:{server.effective_port}/")
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()


def _look_around(reader: Reader) -> None:
    """Lets the graph prepare what most views ask, for which the first would wait."""
    with contextlib.suppress(KgError):  # who opens a view is told
        for label, identifier, *_rest in overview.extended(reader)[:1]:
            entity.page(Address.of(of_node(label, identifier)), reader)
            graph.page(Address.of(href("graph", label, identifier)), reader)
            for mention in mentions(reader, label, identifier)[:1]:
                paper.page(Address.of(href("paper", mention["id"])), reader)
