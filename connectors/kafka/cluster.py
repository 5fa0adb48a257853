"""Asking a cluster what it has, and saying why it does not answer: wrong address, password, certificate."""

from __future__ import annotations

import logging
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient, ClusterMetadata  # type: ignore[attr-defined]  # it lists no names

from connectors.errors import ConnectorError
from connectors.kafka.config import Kafka
from connectors.observer import Observer

WAIT_S: Final = 10.0
_AT_ONCE_S: Final = 1.0
_ASK_S: Final = 3.0

# What librdkafka says while it tries is told in the sentence that ends it.
_log = logging.getLogger(__name__)


class OutOfReach(ConnectorError):
    """A cluster did not answer, or not to us."""

    def __init__(self, kafka: Kafka, must: str, found: str, remedy: str) -> None:
        self.servers = kafka.properties.get("bootstrap.servers", "")
        super().__init__(f"Kafka at {self.servers}: {must}; {found}. {remedy}")


class TopicMissing(ConnectorError):
    """A topic is not there."""

    def __init__(self, kafka: Kafka, topic: str) -> None:
        self.topic = topic
        servers = kafka.properties.get("bootstrap.servers", "")
        super().__init__(
            f"Kafka at {servers}: must have the topic {topic}, and let us see it; does not."
            " Run welltegra topics create; if it is there, grant this user DESCRIBE on it."
        )


class Cluster:
    """A cluster that has answered.

    admin: a client of it. brokers: their ids. copies: of each topic, for each partition the number of its copies;
    leaderless: of each topic, the partitions that nobody leads.

    Raises (when built):
        OutOfReach: It did not answer within `wait_s`, or will not.
    """

    def __init__(self, kafka: Kafka, wait_s: float = WAIT_S) -> None:
        self._kafka = kafka
        self._said: list[KafkaError] = []
        configuration: dict[str, Any] = {**kafka.client(), "error_cb": self._said.append}
        self.admin = AdminClient(configuration, logger=_log)
        self._read(wait_s)

    def refresh(self) -> None:
        """Ask again what it has."""
        self._read(WAIT_S)

    def partitions(self, topic: str) -> int | None:
        """Return how many partitions a topic has, by its name on the cluster; None if it is not there."""
        return len(self.copies[topic]) if topic in self.copies else None

    def _read(self, wait_s: float) -> None:
        metadata = self._ask(wait_s)
        self.brokers = sorted(metadata.brokers)
        self.copies: dict[str, list[int]] = {}
        self.leaderless: dict[str, list[int]] = {}
        for name, topic in metadata.topics.items():
            if topic.error is None:
                self.copies[name] = [len(partition.replicas) for partition in topic.partitions.values()]
                self.leaderless[name] = [number for number, each in topic.partitions.items() if each.leader < 0]

    def _ask(self, wait_s: float) -> ClusterMetadata:
        until = time.monotonic() + wait_s
        while True:
            try:
                # Of all topics: asking for one by name makes it, where brokers make topics by themselves.
                return self.admin.list_topics(timeout=min(_AT_ONCE_S, wait_s))
            except KafkaException as error:
                self.admin.poll(0)
                codes = {said.code(): said for said in self._said}
                if KafkaError._AUTHENTICATION in codes:
                    raise self._denied(codes[KafkaError._AUTHENTICATION]) from None
                if KafkaError._SSL in codes:
                    raise self._distrusted(codes[KafkaError._SSL]) from None
                if time.monotonic() > until:
                    raise self._silent(wait_s, error.args[0]) from None

    def _denied(self, said: KafkaError) -> OutOfReach:
        properties = self._kafka.properties
        user, mechanism = properties.get("sasl.username", ""), properties.get("sasl.mechanism", "")
        return OutOfReach(
            self._kafka,
            f"must accept user {user!r} by {mechanism}",
            f"did not ({_words(said)})",
            "Check kafka.sasl_username, kafka.sasl_password and kafka.sasl_mechanism.",
        )

    def _distrusted(self, said: KafkaError) -> OutOfReach:
        found = _certificate_fault(self._kafka) or _words(said)
        return OutOfReach(
            self._kafka,
            "must show a certificate that we can trust",
            f"did not ({found})",
            "Is kafka.ssl_ca_location who signed it, and is it for the name in kafka.bootstrap_servers?",
        )

    def _silent(self, wait_s: float, error: KafkaError) -> OutOfReach:
        said = [each for each in self._said if each.code() != KafkaError._ALL_BROKERS_DOWN]
        protocol = self._kafka.properties.get("security.protocol", "plaintext")
        remedy = f"Is a broker running there, and is its port for security_protocol {protocol!r}?"
        if protocol.endswith("ssl") and "ssl.certificate.location" not in self._kafka.properties:
            remedy += " If it asks for a certificate, set kafka.ssl_certificate_location and kafka.ssl_key_location."
        return OutOfReach(
            self._kafka,
            f"must answer within {wait_s:g} s",
            f"did not ({_words(said[-1] if said else error)})",
            remedy,
        )


class Found(NamedTuple):
    """A topic as it stands. id: another topic of the same name has another."""

    partitions: int
    id: str


def find_topic(kafka: Kafka, topic: str, wait_s: float = WAIT_S) -> Found:
    """Return what the topic of the contract `topic` is on the cluster.

    Raises:
        OutOfReach: The cluster did not answer within `wait_s`, or not to us.
        TopicMissing: It has no such topic, or does not show it to us.
    """
    cluster, name = Cluster(kafka, wait_s), kafka.topic(topic)
    count = cluster.partitions(name)
    if count is None:
        raise TopicMissing(kafka, name)
    described = cluster.admin.describe_topics(TopicCollection([name]), request_timeout=wait_s)[name]
    try:
        return Found(count, str(described.result().topic_id))
    except KafkaException as error:
        raise OutOfReach(
            kafka, f"must describe {name}", error.args[0].str(), "Grant this user DESCRIBE on it."
        ) from None


def wait_for_topic(kafka: Kafka, topic: str, observer: Observer, stop: Callable[[], bool]) -> Found | None:
    """Return what `find_topic` does, whenever the cluster answers; None once `stop` does not want it any more.

    Raises:
        TopicMissing: The cluster answered, and has no such topic.
    """
    while not stop():
        try:
            return find_topic(kafka, topic, _ASK_S)
        except OutOfReach as error:
            observer.turned()  # to wait for the broker is no reason to be ended
            observer.kafka(False, str(error))
            _log.warning("cluster_out_of_reach reason=%r", str(error))
            time.sleep(_AT_ONCE_S / 2)
    return None


def partitions_of(kafka: Kafka, topic: str, wait_s: float = WAIT_S) -> int:
    """Return how many partitions the topic of the contract `topic` has; raise as `find_topic`."""
    return find_topic(kafka, topic, wait_s).partitions


def _words(error: KafkaError) -> str:
    """Return what librdkafka said, without how long it took."""
    return error.str().partition(" (after ")[0]


def _certificate_fault(kafka: Kafka) -> str | None:
    """Return what is wrong with the certificate of the first broker; None if that is not to be seen.

    librdkafka has the same words for a stranger's certificate, for one that has expired, and for another host's.
    """
    server = kafka.properties.get("bootstrap.servers", "").split(",")[0]
    host, _, port = server.rpartition(":")
    try:
        context = ssl.create_default_context(cafile=kafka.properties.get("ssl.ca.location"))
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_AT_ONCE_S * 5) as plain:
            context.wrap_socket(plain, server_hostname=host.strip("[]")).close()
    except ssl.SSLCertVerificationError as error:
        return error.verify_message.rstrip(".")
    except (OSError, ValueError):
        return None
    return None
