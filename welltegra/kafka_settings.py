"""The [kafka] section as clients need it, checked before any of them calls."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from connectors.errors import Fault, FileFaults
from connectors.kafka.config import Kafka
from connectors.kafka.topics import TopicPlan
from welltegra.settings.keys import variable
from welltegra.settings.masking import MASK
from welltegra.settings.model import KafkaSettings, Settings

_SERVER: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")
# librdkafka says what it thinks of a property to a logger, and to standard error where there is none.
_log = logging.getLogger(__name__)


def kafka_of(settings: Settings) -> Kafka:
    """Return the cluster of the settings.

    Raises:
        FileFaults: With every fault of [kafka]; no sentence holds a secret.
    """
    kafka = settings.kafka
    faults = [*_servers(kafka), *_sasl(kafka), *_tls(kafka)]
    faults = faults or [*_refused(kafka)]
    if faults:
        raise FileFaults(faults)
    return Kafka(_properties(kafka), kafka.topic_prefix)


def topic_plan_of(settings: Settings) -> TopicPlan:
    """Return what our topics must be like."""
    topics = settings.topics
    return TopicPlan(topics.partitions, topics.replication, topics.samples_days, topics.records_days)


def _properties(kafka: KafkaSettings) -> dict[str, str]:
    """Return what librdkafka is told, by its own names."""
    properties = {
        "bootstrap.servers": kafka.bootstrap_servers.replace(" ", ""),
        "client.id": "welltegra",
        "security.protocol": kafka.security_protocol,
    }
    if kafka.security_protocol.startswith("sasl_"):
        properties["sasl.mechanism"] = kafka.sasl_mechanism
        properties["sasl.username"] = kafka.sasl_username
        properties["sasl.password"] = kafka.sasl_password.get_secret_value()
    properties |= _tls_properties(kafka)
    return properties | {name: value.get_secret_value() for name, value in kafka.properties.items()}


def _tls_properties(kafka: KafkaSettings) -> dict[str, str]:
    given = {
        "ssl.ca.location": kafka.ssl_ca_location,
        "ssl.certificate.location": kafka.ssl_certificate_location,
        "ssl.key.location": kafka.ssl_key_location,
        "ssl.key.password": kafka.ssl_key_password.get_secret_value(),
    }
    return {name: value for name, value in given.items() if value}


def _fault(key: str, must: str, found: str, remedy: str) -> Fault:
    return Fault("settings", None, f"kafka.{key} must {must}", found, remedy)


def _set(key: str) -> str:
    return f"Set it in [kafka], or as {variable(('kafka', key))}."


def _servers(kafka: KafkaSettings) -> Iterator[Fault]:
    if "bootstrap.servers" in kafka.properties:
        return
    for server in kafka.bootstrap_servers.split(","):
        match = _SERVER.fullmatch(server.strip())
        if match is None or not 0 < int(match[2]) < 2**16:
            yield _fault(
                "bootstrap_servers",
                "be host:port, or more of them after commas",
                repr(server),
                "Write each as host:port.",
            )


def _sasl(kafka: KafkaSettings) -> Iterator[Fault]:
    secret = {"sasl_username": kafka.sasl_username, "sasl_password": kafka.sasl_password.get_secret_value()}
    if kafka.security_protocol.startswith("sasl_"):
        for key, value in secret.items():
            if not value and key.replace("_", ".") not in kafka.properties:
                yield _fault(key, f"be given with security_protocol {kafka.security_protocol!r}", "empty", _set(key))
        return
    for key, value in secret.items():
        if value:
            wanted = "sasl_ssl" if kafka.security_protocol == "ssl" else "sasl_plaintext"
            found = f"given, with {kafka.security_protocol!r}"
            remedy = f"Set kafka.security_protocol to {wanted!r}, or leave {key} out."
            yield _fault(key, "stand beside a security_protocol of sasl_ssl or sasl_plaintext", found, remedy)


def _tls(kafka: KafkaSettings) -> Iterator[Fault]:
    files = {
        "ssl_ca_location": kafka.ssl_ca_location,
        "ssl_certificate_location": kafka.ssl_certificate_location,
        "ssl_key_location": kafka.ssl_key_location,
    }
    given = {key: name for key, name in files.items() if name}
    if given and not kafka.security_protocol.endswith("ssl"):
        wanted = "sasl_ssl" if kafka.security_protocol == "sasl_plaintext" else "ssl"
        for key in given:
            found = f"given, with {kafka.security_protocol!r}"
            remedy = f"Set kafka.security_protocol to {wanted!r}, or leave {key} out."
            yield _fault(key, "stand beside a security_protocol of ssl or sasl_ssl", found, remedy)
        return
    unread = {key: fault for key, name in given.items() if (fault := _file_fault(key, name)) is not None}
    yield from unread.values()
    for one, other in (
        ("ssl_certificate_location", "ssl_key_location"),
        ("ssl_key_location", "ssl_certificate_location"),
    ):
        if given.get(one) and not given.get(other):
            yield _fault(other, f"be given with {one}", "empty", _set(other))
    if not unread:
        yield from _unusable(kafka)


def _file_fault(key: str, name: str) -> Fault | None:
    must = "be a PEM file that can be read"
    try:
        text = Path(name).read_bytes()
    except FileNotFoundError:
        return _fault(
            key, must, f"{name!r}, which is not there", "Is the path right? It begins at the working directory."
        )
    except OSError as error:
        return _fault(key, must, f"{name!r} ({error.strerror})", "Change its permissions, or name another.")
    if b"-----BEGIN " in text:
        return None
    remedy = "Convert it, as by: openssl x509 -in FILE -inform der -out FILE.pem"
    return _fault(key, must, f"{name!r}, which has no -----BEGIN in it", remedy)


def _unusable(kafka: KafkaSettings) -> Iterator[Fault]:
    """Yield what is in the files and cannot be used: the certificates, the key, its password."""
    tls = _tls_properties(kafka)
    authority = {name: value for name, value in tls.items() if name == "ssl.ca.location"}
    ours = {name: value for name, value in tls.items() if name not in authority}
    if authority and not _accepts({"security.protocol": "ssl", **authority}):
        remedy = "Copy it anew: it should be what signed the brokers' certificates."
        yield _fault("ssl_ca_location", "hold certificates", repr(kafka.ssl_ca_location), remedy)
    if len(ours) > 1 and not _accepts({"security.protocol": "ssl", **ours}):
        remedy = "Is the key that of the certificate, and kafka.ssl_key_password its password?"
        yield _fault("ssl_key_location", "be a key that can be used", repr(kafka.ssl_key_location), remedy)


def _refused(kafka: KafkaSettings) -> Iterator[Fault]:
    """Yield the further properties that librdkafka does not take. Its own words may hold what they were given."""
    if _accepts(_properties(kafka)):
        return
    own = _properties(kafka.model_copy(update={"properties": {}}))
    further = {name: value.get_secret_value() for name, value in kafka.properties.items()}
    # Several may only together be wrong.
    for name in [name for name in further if not _accepts({**own, name: further[name]})] or further or ["properties"]:
        remedy = "Is it spelled as librdkafka does, with a value that it takes? Or leave it out."
        yield _fault(f"properties.{name!r}", "be a property of librdkafka", MASK, remedy)


def _accepts(properties: Mapping[str, str]) -> bool:
    """Return whether a client can be made of them; it calls nobody yet."""
    try:
        AdminClient({**properties, "bootstrap.servers": ""}, logger=_log)
    except KafkaException:
        return False
    return True
