"""The health of the programs beside us, each asked on a thread of its own: one that does not answer delays nothing."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Mapping
from typing import Final, NamedTuple

_WITHIN_S: Final = 2.0
_EVERY_S: Final = 1.0


class Place(NamedTuple):
    """Where a program serves its health."""

    host: str
    port: int


class Standing(NamedTuple):
    """How a program stands: `reasons` why it is not ready, none if it is."""

    is_ready: bool
    reasons: tuple[str, ...]


class Parts:
    """Asks each of `places` once a second, until it is stopped."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._places = dict(places)
        self._standing: dict[str, Standing | None] = dict.fromkeys(places)
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask_on, args=(name,), name=f"health-{name}", daemon=True) for name in places
        ]

    def start(self) -> None:
        """Ask from now on."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._stopping.set()

    def standing(self) -> dict[str, Standing | None]:
        """Return how each stood when it was asked last; None before that."""
        return dict(self._standing)

    def _ask_on(self, name: str) -> None:
        while not self._stopping.is_set():
            self._standing[name] = ask(self._places[name])
            self._stopping.wait(_EVERY_S)


def ask(place: Place) -> Standing:
    """Return how the program at `place` stands."""
    connection = http.client.HTTPConnection(place.host, place.port, timeout=_WITHIN_S)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        body = answer.read()
    except ConnectionRefusedError:
        return Standing(False, (f"nothing listens on port {place.port}",))
    except (OSError, http.client.HTTPException) as error:
        return Standing(False, (f"port {place.port} does not answer ({str(error) or type(error).__name__})",))
    finally:
        connection.close()
    if answer.status == 200:
        return Standing(True, ())
    return Standing(False, _reasons(body))


def _reasons(body: bytes) -> tuple[str, ...]:
    try:
        told = json.loads(body)
    except ValueError:
        return ("it says no more",)
    detail = told.get("detail") if isinstance(told, dict) else None
    return (str(detail or "it says no more"),)
