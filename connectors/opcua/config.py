"""Settings: which server, and how it is listened to. Frozen, checked when built. The password has no default."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from connectors.errors import Fault, FileFaults
from connectors.opcua.tag_map import TagMap

_WHERE: Final = "settings"
_HOST: Final = re.compile(r"[A-Za-z0-9._:-]+")


@dataclass(frozen=True, slots=True)
class OpcUa:
    """A server and the nodes of it that are tags.

    username: empty for nobody in particular. publishing_interval_ms: how often it is to send what has changed. queue:
    samples of a node that it keeps between. deadline_s: without an answer for so long the connection is given up.
    history: whether what was missed is asked for. keep_minutes: of the newest scans while the flow takes none;
    keep_mb: more memory than that they never take.

    Raises (when built):
        FileFaults: With every fault of the section [opcua].
    """

    endpoint: str
    tags: TagMap = field(repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    publishing_interval_ms: float = 200.0
    queue: int = 20
    deadline_s: float = 5.0
    history: bool = True
    keep_minutes: float = 10.0
    keep_mb: float = 256.0

    def __post_init__(self) -> None:
        """Refuse what no server could be reached by."""
        faults = [*_endpoint_faults(self.endpoint)]
        if self.password and not self.username:
            remedy = "Set opcua.username too, or leave the password out."
            faults.append(Fault(_WHERE, None, "opcua.password must stand beside a username", "alone", remedy))
        # A keep-alive has to fit into the deadline, and one that comes late too.
        least_s = 2.5 * self.publishing_interval_ms / 1000
        if self.deadline_s < least_s:
            must = f"opcua.deadline_s must be {least_s:g} s or more with a publishing interval of"
            must += f" {self.publishing_interval_ms:g} ms"
            faults.append(Fault(_WHERE, None, must, f"{self.deadline_s!r} s", "Raise it, or publish more often."))
        if faults:
            raise FileFaults(faults)


def is_endpoint(endpoint: str) -> bool:
    """Return whether it is opc.tcp://host:port, with or without a path, and nothing that no host can be called."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")  # which every resolver begins with: no part of a name is empty, or longer than 63
    except ValueError:
        return False
    return parts.scheme == "opc.tcp" and _HOST.fullmatch(host) is not None and bool(port)


def _endpoint_faults(endpoint: str) -> list[Fault]:
    example = "Write it like opc.tcp://10.0.0.7:4840/path, as the server's own pages show it."
    must = "opcua.endpoint must be opc.tcp://host:port, with a path where the server has one"
    try:
        parts = urlsplit(endpoint)
    except ValueError as error:
        return [Fault(_WHERE, None, must, f"{endpoint!r} ({error})", example)]
    if parts.username is not None or parts.password is not None:
        remedy = "Set opcua.username and opcua.password instead: an endpoint is written into every scan."
        shown = f"one with a user or password, at {parts.hostname!r}"
        return [Fault(_WHERE, None, "opcua.endpoint must be without user and password", shown, remedy)]
    return [] if is_endpoint(endpoint) else [Fault(_WHERE, None, must, repr(endpoint), example)]
