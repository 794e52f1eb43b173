"""Serves the page over HTTP until it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

import waitress

from kg.errors import InputError
from kg.web.app import make_app
from kg.web.reader import Library

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
    _ = reader.counts, reader.names, reader.methods_by_month
    try:
        server = waitress.create_server(app.server, host=host, port=port, threads=8, ident=None)
    except OSError as error:
        raise InputError(
            f"{host}:{port} cannot be listened on ({error.strerror or error})", "choose another --port"
        ) from None
    # What questions need takes a while to be read; the first question waits for it, other views need not.
    threading.Thread(target=lambda: reader.asker.index, daemon=True).start()
    name = f"[{host}]" if ":" in host else host
    started(f"http://{name}:{server.effective_port}/")
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
