"""What Kafka can refuse, in words that say what to do; what passes by itself is no error."""

from __future__ import annotations

import logging
import time
from typing import Final

from confluent_kafka import KafkaError

from connectors.errors import ConnectorError

_TELL_EVERY_S: Final = 10.0
_ACCESS: Final = "Grant this user READ, WRITE and DESCRIBE on our topics."
# Waiting does not help against these; against all others the client goes on trying by itself.
_REMEDIES: Final = {
    KafkaError._AUTHENTICATION: "Check user, password and certificates in [kafka].",
    KafkaError.SASL_AUTHENTICATION_FAILED: "Check user and password in [kafka].",
    KafkaError.UNSUPPORTED_SASL_MECHANISM: "Set kafka.sasl_mechanism to one that the brokers offer.",
    KafkaError.TOPIC_AUTHORIZATION_FAILED: _ACCESS,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED: _ACCESS,
    KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED: _ACCESS,
    KafkaError._UNKNOWN_TOPIC: "Run `welltegra topics create`.",
    KafkaError.UNKNOWN_TOPIC_OR_PART: "Run `welltegra topics create`.",
    KafkaError._UNKNOWN_PARTITION: "Run `welltegra topics create`, and `welltegra topics check`.",
    KafkaError.MSG_SIZE_TOO_LARGE: "Raise max.message.bytes of the topic.",
}


class KafkaFailed(ConnectorError):
    """The brokers refuse something for good."""

    def __init__(self, topic: str, error: KafkaError) -> None:
        self.topic, self.error = topic, error
        remedy = _REMEDIES.get(error.code(), "Run `welltegra topics check`.")
        super().__init__(f"topic {topic}: the brokers must serve it; said {error.str()!r} ({error.name()}). {remedy}")


class TopicShrank(ConnectorError):
    """A topic ends before the offset that was read up to: it is not the topic it was."""

    def __init__(self, topic: str, partition: int, wanted: int, end: int) -> None:
        self.topic, self.partition, self.wanted, self.end = topic, partition, wanted, end
        super().__init__(
            f"topic {topic} partition {partition}: must reach to offset {wanted}, up to which it was judged; ends at"
            f" {end}. Was it made anew, or lost? Start over with an empty recovery folder: what the topic still holds"
            " is judged again."
        )


class Telling:
    """Logs what brokers that are gone have the client say, each kind of it at once and then every 10 s.

    Several times a second it says so for as long as they are gone, and that may be hours.
    """

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._told: dict[tuple[str, str], tuple[float, int]] = {}

    def tell(self, about: str, error: KafkaError) -> None:
        """Log an error of what it is about, if it is time to."""
        kind = about, error.name()
        told, kept = self._told.get(kind, (-_TELL_EVERY_S, 0))
        now = time.monotonic()
        if now - told < _TELL_EVERY_S:
            self._told[kind] = told, kept + 1
            return
        self._told[kind] = now, 0
        self._log.warning(
            "kafka_error topic=%s code=%s reason=%s more_like_it=%d", about, error.name(), error.str(), kept
        )


def is_passing(error: KafkaError) -> bool:
    """Return whether waiting may help against `error`."""
    return error.code() not in _REMEDIES
