import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kg.errors import InputError, KgError
from kg.resources import resource
from kg.schema import NODE_LABELS
from kg.store.cypher import statements
from kg.store.neo4j import Neo4jStore


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("uri", ["http://localhost:7474", "localhost:7687", "bolt://", "postgres://x"])
def test_a_wrong_scheme(uri: str) -> None:
    with pytest.raises(InputError, match="bolt://HOST:7687"):
        Neo4jStore(uri, "neo4j", "secret")


def test_a_wrong_port() -> None:
    with pytest.raises(InputError, match="cannot be used"):
        Neo4jStore("bolt://localhost:port", "neo4j", "secret")


def test_a_password_in_the_address_is_not_shown() -> None:
    for uri in ("bolt://neo4j:secret@localhost", "http://neo4j:secret@localhost"):
        with pytest.raises(InputError) as caught:
            Neo4jStore(uri)
        assert "secret" not in str(caught.value)


def test_no_address_and_no_password() -> None:
    with pytest.raises(InputError, match="NEO4J_URI"):
        Neo4jStore()
    with pytest.raises(InputError, match="NEO4J_PASSWORD"):
        Neo4jStore("bolt://localhost")


def test_a_server_that_is_down() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(KgError, match=rf"no Neo4j answers at bolt://127.0.0.1:{port} .*start the server"):
        Neo4jStore(f"bolt://127.0.0.1:{port}", "neo4j", "secret")


@pytest.mark.slow
def test_a_server_that_is_no_neo4j() -> None:
    class Web(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Web)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(KgError, match="no Neo4j answers at"):
            Neo4jStore(f"bolt://127.0.0.1:{server.server_port}", "neo4j", "secret")
    finally:
        server.shutdown()
        server.server_close()


def test_every_label_has_its_constraint() -> None:
    made = statements((resource("cypher") / "schema" / "constraints.cypher").read_text(encoding="utf-8"))
    assert len(made) == len(NODE_LABELS)
    for label, statement in zip(NODE_LABELS, made, strict=True):
        assert f"FOR (n:{label}) REQUIRE n.id IS UNIQUE" in statement


def test_statements_end_with_semicolons_outside_of_texts_and_comments() -> None:
    assert statements("// one; two\nRETURN ';' AS a; /* ; */ RETURN `;`;\n// end;") == ["RETURN ';' AS a", "RETURN `;`"]
