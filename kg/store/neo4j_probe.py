"""Whether a Neo4j server answers at an address, found out in seconds.

The driver waits half a minute for a web server, or anything else that keeps still, to speak Bolt.
"""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

from neo4j.exceptions import ServiceUnavailable

_PORT = 7687
_LIMIT_S = 5.0
"""Seconds to connect, and to answer the first bytes; a busy server answers them too, before it does any work."""
_HELLO = bytes.fromhex("6060b017 00080805 00000004 00000000 00000000")
"""Bolt's first bytes: its mark, and the versions 5.0 to 5.8 and 4.0; the answer is the four bytes of one."""


def check_bolt(uri: str) -> None:
    """Connects as the driver will and sends no more than Bolt's first bytes.

    Raises:
        ServiceUnavailable: nothing answers, or what answers does not speak Bolt; the message says which.
        ValueError: the address is wrong.
    """
    address = urlsplit(uri)
    where = address.hostname or "localhost", address.port or _PORT
    try:
        with socket.create_connection(where, _LIMIT_S) as connection:
            encrypted = "+s" in address.scheme
            with _encrypt(connection, where[0]) if encrypted else connection as channel:
                channel.sendall(_HELLO)
                answer = channel.recv(4)
    except TimeoutError as error:
        raise ServiceUnavailable(f"nothing answered within {_LIMIT_S:.0f} s") from error
    except OSError as error:
        raise ServiceUnavailable(error.strerror or str(error)) from error
    if answer.startswith(b"HTTP"):
        raise ServiceUnavailable("a web server answers there, and not in Bolt")
    if not answer.startswith(b"\0"):
        raise ServiceUnavailable("what answers there does not speak Bolt")


def _encrypt(connection: socket.socket, host: str) -> ssl.SSLSocket:
    """Without a look at the certificate: nothing secret is sent, and the driver looks at it afterwards."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(connection, server_hostname=host)
