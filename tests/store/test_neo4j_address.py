import socket
import threading
from http.server import BaseHTTPRequestHandler
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest

from kg.errors import InputError, KgError
from kg.resources import resource
from kg.schema import NODE_LABELS
from kg.store import neo4j_probe
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


class Web(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


class Banner(BaseRequestHandler):
    """Speaks first, as servers of SSH and of mail do, or answers at once that it has not understood."""

    text = b""

    def handle(self) -> None:
        self.request.sendall(self.text)


class Shell(Banner):
    text = b"SSH-2.0-OpenSSH_9.2\r\n"


class Gateway(Banner):
    text = b"HTTP/1.1 400 Bad Request\r\n\r\n"


@pytest.mark.timeout(20)  # the driver alone would wait for half a minute
@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
@pytest.mark.parametrize(
    ("handler", "found"),
    [(Web, "nothing answered within"), (Shell, "does not speak Bolt"), (Gateway, "a web server answers there")],
)
def test_a_server_that_is_no_neo4j(
    handler: type[BaseRequestHandler], found: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_probe, "_LIMIT_S", 0.5)
    with ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            uri = f"{scheme}://127.0.0.1:{server.server_address[1]}"
            with pytest.raises(KgError, match=rf"no Neo4j answers at {uri} \(.*{found}.*\); .*default port 7687"):
                Neo4jStore(uri, "neo4j", "secret")
        finally:
            server.shutdown()


@pytest.mark.timeout(20)
def test_no_encryption_where_it_is_wanted() -> None:
    with ThreadingTCPServer(("127.0.0.1", 0), Gateway) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with pytest.raises(KgError, match="no Neo4j answers at"):
                Neo4jStore(f"bolt+s://127.0.0.1:{server.server_address[1]}", "neo4j", "secret")
        finally:
            server.shutdown()


def test_every_label_has_its_constraint() -> None:
    made = statements((resource("cypher") / "schema" / "constraints.cypher").read_text(encoding="utf-8"))
    assert len(made) == len(NODE_LABELS)
    for label, statement in zip(NODE_LABELS, made, strict=True):
        assert f"FOR (n:{label}) REQUIRE n.id IS UNIQUE" in statement


def test_statements_end_with_semicolons_outside_of_texts_and_comments() -> None:
    assert statements("// one; two\nRETURN ';' AS a; /* ; */ RETURN `;`;\n// end;") == ["RETURN ';' AS a", "RETURN `;`"]
