"""An OPC UA server: which one is asked, and whether anybody listens there; `opcua_session` asks it the rest."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from welltegra.doctor.result import Result, none_asked, wrong

NAME: Final = "opc ua"
LOGIN: Final = "opc ua login"
STATE: Final = "opc ua state"
CLOCK: Final = "clock: opc ua"

ANSWERS_WITHIN_S: Final = 4.0
FAR: Final = "the OPC UA server is out of reach."


@dataclass(frozen=True, slots=True)
class OpcUa:
    """A server. endpoint: opc.tcp://host:port/path. username: empty for anonymous."""

    endpoint: str
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def where(self) -> str:
        """What to call it in a sentence: without what may stand before an @."""
        try:
            parts = urlsplit(self.endpoint)
        except ValueError:
            return "the OPC UA server"
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def look(server: OpcUa | None) -> Iterator[Result]:
    """Yield the results of all that a server is asked; only the first where it does not answer."""
    if server is None or not server.endpoint:
        yield from none_asked((NAME, LOGIN, STATE, CLOCK), "no endpoint is set.")
        return
    # Before any loop: a name server that does not answer would keep the loop's own threads, and they the program.
    fault = _address_fault(server) or _unreachable(server)
    if fault is not None:
        yield fault
        yield from none_asked((LOGIN, STATE, CLOCK), FAR)
        return
    # Late, because it takes a second, and sites without such a server need not wait for it.
    from welltegra.doctor.opcua_session import ask

    yield from ask(server)


def _address_fault(server: OpcUa) -> Result | None:
    has_user = False
    try:
        parts = urlsplit(server.endpoint)
        has_user = parts.username is not None or parts.password is not None
        (parts.hostname or "").encode("idna")  # as a resolver does: no part may be empty, or longer than 63
        is_one = parts.scheme == "opc.tcp" and bool(parts.hostname) and bool(parts.port)
    except ValueError:
        is_one = False
    if is_one and has_user:
        found = f"opcua.endpoint must be without user and password; is one with them, of {server.where}."
        return wrong(NAME, found, "Set opcua.username and opcua.password instead: ingest takes no other.")
    if is_one:
        return None
    found = f"opcua.endpoint must be opc.tcp://host:port, and a path if there is one; is {server.where!r}."
    return wrong(NAME, found, "Write it as the server shows it; 4840 is the usual port.")


def _unreachable(server: OpcUa) -> Result | None:
    """Return why nobody listens there; None if somebody does."""
    parts = urlsplit(server.endpoint)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=ANSWERS_WITHIN_S).close()
    except OSError as error:
        return silent(server, error.strerror or "no answer")
    return None


def silent(server: OpcUa, said: str) -> Result:
    """Return that a server does not answer."""
    found = f"{server.where}: must answer within {ANSWERS_WITHIN_S:g} s; did not ({said})."
    remedy = "Is the server running, and is opcua.endpoint its address? A firewall may swallow what is sent."
    return wrong(NAME, found, remedy)
