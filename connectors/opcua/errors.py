"""What a server can refuse, in words that say what to do; what passes by itself is told, and tried again."""

from __future__ import annotations

from connectors.errors import ConnectorError


class Refused(ConnectorError):
    """A server answers, and does not take us: trying again does not help until somebody mends it."""

    def __init__(self, endpoint: str, must: str, found: str, remedy: str) -> None:
        self.endpoint, self.found = endpoint, found
        super().__init__(f"OPC UA at {endpoint}: {must}; {found}. {remedy}")


class OutOfReach(ConnectorError):
    """A server does not answer, or broke off; it is tried again. kind: for metrics, one of KINDS."""

    def __init__(self, endpoint: str, kind: str, must: str, found: str, remedy: str) -> None:
        self.endpoint, self.kind, self.found = endpoint, kind, found
        super().__init__(f"OPC UA at {endpoint}: {must}; {found}. {remedy}")


# Why a connection ended or did not come about: nobody listens, no answer within the deadline, broken off by the other
# side, the subscription is gone, login or security refused, an answer that is none.
KINDS = ("unreachable", "silent", "closed", "subscription_lost", "refused", "unreadable")
