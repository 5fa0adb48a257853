"""What librdkafka is told, the same for every client of ours."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kafka:
    """A cluster, and what our topics are called there.

    properties: librdkafka's, by its own names; bootstrap.servers, and what TLS and SASL need. They hold secrets, so
    they are never shown. prefix: put before the name of every topic.
    """

    properties: Mapping[str, str] = field(repr=False)
    prefix: str = ""

    def topic(self, name: str) -> str:
        """Return what the topic of the contract `name` is called on this cluster."""
        return self.prefix + name

    def client(self, **more: str | int | bool) -> dict[str, Any]:
        """Return the configuration of one client; `more` with _ for each dot, as in enable_idempotence=True."""
        own = {name.replace("_", "."): value for name, value in more.items()}
        # Without a logger the client writes to standard error past us. What it says below "critical" it also gives to
        # error_cb, once and not at each of a hundred attempts a second.
        # Brokers that are back are to be found within a second; by itself the client waits for up to ten.
        usual = {"log_level": 2, "reconnect.backoff.max.ms": 1_000}
        return {**usual, **self.properties, **own, "logger": log}
