"""What a broker understands, as it says: what is missing is told, and one that does not say is no fault."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connectors.kafka.config import Kafka
from tests.welltegra.doctor.parts import black_hole, free_port
from welltegra.doctor.kafka_requests import NotTold, shortcomings

ENOUGH = {0: 9, 1: 12, 2: 7, 3: 12, 22: 4, 32: 4}


def at(port: int) -> Kafka:
    return Kafka({"bootstrap.servers": f"127.0.0.1:{port}"})


@contextmanager
def answering(answer: bytes) -> Iterator[Kafka]:
    """Yield a broker that answers its first request so."""

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            (size,) = struct.unpack(">i", connection.recv(4))
            assert struct.unpack(">hh", connection.recv(size)[:4]) == (18, 0)
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield at(int(listening.getsockname()[1]))
        thread.join(30)


def told(offered: dict[int, int], error: int = 0) -> bytes:
    rows = b"".join(struct.pack(">hhh", number, 0, newest) for number, newest in offered.items())
    body = struct.pack(">ihi", 1, error, len(offered)) + rows
    return struct.pack(">i", len(body)) + body


def test_that_a_broker_that_can_all_has_no_shortcomings(broker: str) -> None:
    with answering(told(ENOUGH)) as kafka:
        assert shortcomings(kafka, 30) == []
    assert shortcomings(Kafka({"bootstrap.servers": broker}), 30) == []


def test_that_each_request_that_is_too_old_or_missing_is_told() -> None:
    with answering(told({number: newest for number, newest in (ENOUGH | {3: 9}).items() if number != 22})) as kafka:
        assert shortcomings(kafka, 30) == [
            "must name topics by id, or one made anew is taken for the old (request 3, version 10); offers 9.",
            "must take each message of a producer once (request 22, version 0); offers no such request.",
        ]


@pytest.mark.parametrize("answer", [b"", b"\0\0\0\4\0\0\0\1", b"HTTP/1.1 400 Bad Request\r\n\r\n", told({}, error=35)])
def test_that_an_answer_that_says_nothing_is_not_told(answer: bytes) -> None:
    with answering(answer) as kafka, pytest.raises(NotTold):
        shortcomings(kafka, 30)


def test_that_a_black_hole_or_nobody_is_not_told() -> None:
    with black_hole() as port, pytest.raises(NotTold):
        shortcomings(at(port), 0.2)
    with pytest.raises(NotTold):
        shortcomings(at(free_port()), 30)
