"""Asks a port for its metrics and health."""

from __future__ import annotations

import http.client
import random
import socket
import time

HOST = "127.0.0.1"
WITHIN_S = 60.0


def free_pair() -> int:
    """Return a port that is free now, as the one after it is; below those that connections get, so it stays so."""
    # Not the first: another test may look for a pair at this moment.
    for port in random.sample(range(21_000, 30_000), 1_000):
        with socket.socket() as one, socket.socket() as other:
            try:
                one.bind((HOST, port))
                other.bind((HOST, port + 1))
            except OSError:
                continue
        return port
    raise AssertionError("of a thousand pairs of ports from 21000 to 29999 none is free")


def ask(port: int, path: str) -> tuple[int, bytes]:
    """Return status and body, once somebody listens; also of the next process, if this one dies meanwhile."""
    until = time.monotonic() + WITHIN_S
    while True:
        connection = http.client.HTTPConnection(HOST, port, timeout=WITHIN_S)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (ConnectionError, http.client.IncompleteRead):
            assert time.monotonic() < until, f"nobody listens on {port}"
            time.sleep(0.02)
        finally:
            connection.close()


def is_refused(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=WITHIN_S).close()
    except ConnectionRefusedError:
        return True
    return False
