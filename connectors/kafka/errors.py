"""What Kafka can refuse, in words that say what to do; what passes by itself is no error."""

from __future__ import annotations

from typing import Final

from confluent_kafka import KafkaError

from connectors.errors import ConnectorError

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


def is_passing(error: KafkaError) -> bool:
    """Return whether waiting may help against `error`."""
    return error.code() not in _REMEDIES
