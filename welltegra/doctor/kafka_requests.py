"""Which requests a broker understands: it says so to anybody, before any password. librdkafka keeps it to itself."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Mapping
from typing import Final

from connectors.kafka.config import Kafka

# KIP-511: request 18, version 0, has an empty body; its answer is an error code and (request, least, most) of each.
_API_VERSIONS: Final = 18
_MOST_BYTES: Final = 1 << 20

# What we need, by number and least version of the request, and for what.
_NEEDED: Final = {
    (0, 7): "take messages compressed with zstd",
    (1, 10): "give messages compressed with zstd",
    (2, 1): "find offsets",
    (3, 10): "name topics by id, or one made anew is taken for the old",
    (22, 0): "take each message of a producer once",
    (32, 1): "tell the settings of topics",
}


class NotTold(Exception):
    """The broker did not say, in words; the cluster may be fine all the same."""


def shortcomings(kafka: Kafka, within_s: float) -> list[str]:
    """Return what the first broker cannot do that we need, a sentence each.

    Raises:
        NotTold: It did not say.
    """
    offered = _offered(kafka.properties, within_s)
    return [
        f"must {what} (request {number}, version {version}); offers {offered.get(number, 'no such request')}."
        for (number, version), what in _NEEDED.items()
        if version > offered.get(number, -1)
    ]


def _offered(properties: Mapping[str, str], within_s: float) -> dict[int, int]:
    """Return the newest version of each request that the first broker understands."""
    host, _, port = properties.get("bootstrap.servers", "").split(",")[0].strip().rpartition(":")
    body = struct.pack(">hhih", _API_VERSIONS, 0, 1, -1)
    try:
        with (
            socket.create_connection((host.strip("[]"), int(port)), timeout=within_s) as plain,
            _secured(plain, host.strip("[]"), properties) as connection,
        ):
            connection.sendall(struct.pack(">i", len(body)) + body)
            (size,) = struct.unpack(">i", _read(connection, 4))
            answer = _read(connection, min(size, _MOST_BYTES))
        _, refused, count = struct.unpack_from(">ihi", answer)
        rows = [struct.unpack_from(">hhh", answer, 10 + 6 * number) for number in range(count)]
    except (OSError, ValueError, struct.error) as error:
        raise NotTold(_reason(error)) from None
    if refused:
        raise NotTold(f"error {refused}")
    return {number: newest for number, _, newest in rows}


def _secured(plain: socket.socket, host: str, properties: Mapping[str, str]) -> socket.socket:
    if not properties.get("security.protocol", "").lower().endswith("ssl"):
        return plain
    context = ssl.create_default_context(cafile=properties.get("ssl.ca.location"))
    if certificate := properties.get("ssl.certificate.location"):
        context.load_cert_chain(
            certificate, properties.get("ssl.key.location"), lambda: properties.get("ssl.key.password", "")
        )
    return context.wrap_socket(plain, server_hostname=host)


def _read(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        piece = connection.recv(size - len(found))
        if not piece:
            raise ConnectionResetError("closed")
        found += piece
    return found


def _reason(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "its answer cannot be read"
