"""From [kafka] to what clients are told; every fault at once, and no secret in any."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from connectors.errors import FileFaults
from connectors.kafka.topics import TopicPlan
from welltegra.kafka_settings import kafka_of, topic_plan_of
from welltegra.settings.model import KafkaSettings, Settings, TopicsSettings


def settings(**kafka: object) -> Settings:
    return Settings(kafka=KafkaSettings.model_validate(kafka))


def faults(**kafka: object) -> list[str]:
    with pytest.raises(FileFaults) as refused:
        kafka_of(settings(**kafka))
    said = [str(fault) for fault in refused.value.faults]
    assert "hunter2" not in "".join(said)
    return said


def test_that_the_defaults_are_a_broker_of_this_machine() -> None:
    kafka = kafka_of(Settings())
    assert kafka.properties == {
        "bootstrap.servers": "127.0.0.1:9092",
        "client.id": "welltegra",
        "security.protocol": "plaintext",
    }
    assert kafka.topic("well.samples.v1") == "well.samples.v1"


def test_that_user_password_and_prefix_are_handed_on_and_not_shown() -> None:
    kafka = kafka_of(
        settings(
            bootstrap_servers="one:9092, two:9092",
            security_protocol="sasl_plaintext",
            sasl_username="rig",
            sasl_password="hunter2",
            topic_prefix="pilot.",
        )
    )
    assert kafka.properties["bootstrap.servers"] == "one:9092,two:9092"
    assert (kafka.properties["sasl.username"], kafka.properties["sasl.password"]) == ("rig", "hunter2")
    assert kafka.properties["sasl.mechanism"] == "SCRAM-SHA-512"
    assert kafka.topic("well.samples.v1") == "pilot.well.samples.v1"
    assert "hunter2" not in repr(kafka)


def test_that_further_properties_win() -> None:
    kafka = kafka_of(settings(properties={"client.id": "rig-7", "socket.keepalive.enable": "true"}))
    assert kafka.properties["client.id"] == "rig-7"
    assert kafka.properties["socket.keepalive.enable"] == "true"


def test_that_a_password_may_be_a_further_property() -> None:
    kafka = kafka_of(
        settings(security_protocol="sasl_plaintext", sasl_username="rig", properties={"sasl.password": "hunter2"})
    )
    assert kafka.properties["sasl.password"] == "hunter2"


@pytest.mark.parametrize(
    "servers", ["", "localhost", "one:9092,", "one:9092,two", "one:0", "one:65536", "http://one:1", "a b:1"]
)
def test_that_each_server_must_be_host_and_port(servers: str) -> None:
    if servers:
        assert (
            "kafka.bootstrap_servers must be host:port, or more of them after commas; was"
            in faults(bootstrap_servers=servers)[0]
        )


def test_that_all_faults_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "ca.der").write_bytes(b"\x30\x82")
    assert faults(
        bootstrap_servers="one",
        security_protocol="sasl_ssl",
        sasl_password="hunter2",
        ssl_ca_location=str(tmp_path / "ca.der"),
        ssl_certificate_location=str(tmp_path / "nowhere.pem"),
        ssl_key_password="hunter2",
    ) == [
        (
            "settings: kafka.bootstrap_servers must be host:port, or more of them after commas; was 'one'."
            " Write each as host:port."
        ),
        (
            "settings: kafka.sasl_username must be given with security_protocol 'sasl_ssl'; was empty."
            " Set it in [kafka], or as WELLTEGRA_KAFKA__SASL_USERNAME."
        ),
        (
            f"settings: kafka.ssl_ca_location must be a PEM file that can be read; was {str(tmp_path / 'ca.der')!r},"
            " which has no -----BEGIN in it. Convert it, as by: openssl x509 -in FILE -inform der -out FILE.pem"
        ),
        (
            "settings: kafka.ssl_certificate_location must be a PEM file that can be read; was"
            f" '{tmp_path / 'nowhere.pem'}', which is not there. Is the path right? It begins at the working directory."
        ),
        (
            "settings: kafka.ssl_key_location must be given with ssl_certificate_location; was empty."
            " Set it in [kafka], or as WELLTEGRA_KAFKA__SSL_KEY_LOCATION."
        ),
    ]


def test_that_a_user_or_a_certificate_without_its_protocol_is_a_fault() -> None:
    assert faults(sasl_username="rig", sasl_password="hunter2", ssl_ca_location="ca.pem") == [
        (
            "settings: kafka.sasl_username must stand beside a security_protocol of sasl_ssl or"
            " sasl_plaintext; was given,"
            " with 'plaintext'. Set kafka.security_protocol to 'sasl_plaintext', or leave sasl_username out."
        ),
        (
            "settings: kafka.sasl_password must stand beside a security_protocol of sasl_ssl or"
            " sasl_plaintext; was given,"
            " with 'plaintext'. Set kafka.security_protocol to 'sasl_plaintext', or leave sasl_password out."
        ),
        (
            "settings: kafka.ssl_ca_location must stand beside a security_protocol of ssl or sasl_ssl; was given,"
            " with 'plaintext'. Set kafka.security_protocol to 'ssl', or leave ssl_ca_location out."
        ),
    ]


def test_that_a_file_that_holds_no_certificate_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\nhunter2\n", encoding="ascii")
    assert faults(security_protocol="ssl", ssl_ca_location=str(path)) == [
        (
            f"settings: kafka.ssl_ca_location must hold certificates; was '{path}'."
            " Copy it anew: it should be what signed the brokers' certificates."
        )
    ]


@pytest.mark.parametrize(
    "properties", [{"nonsense": "hunter2"}, {"socket.timeout.ms": "hunter2"}, {"sasl.mechanism": "hunter2"}]
)
def test_that_a_property_that_librdkafka_does_not_take_is_named_and_its_value_masked(
    properties: dict[str, str],
) -> None:
    (name,) = properties
    assert faults(
        security_protocol="sasl_plaintext",
        sasl_username="rig",
        sasl_password="hunter2",
        properties={**properties, "client.id": "x"},
    ) == [
        (
            f"settings: kafka.properties.'{name}' must be a property of librdkafka; was ********."
            " Is it spelled as librdkafka does, with a value that it takes? Or leave it out."
        )
    ]


def test_that_a_fault_leaves_no_secret_in_a_traceback() -> None:
    code = (
        "from tests.welltegra.test_kafka_settings import settings; from welltegra.kafka_settings import kafka_of\n"
        "kafka_of(settings(security_protocol='sasl_ssl', sasl_username='rig', sasl_password='hun' + 'ter2',"
        " properties={'no': 'hun' + 'ter2'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "kafka.properties.'no'" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout


def test_that_topics_are_planned_by_the_settings() -> None:
    topics = TopicsSettings(partitions=3, replication=2, samples_days=1, records_days=2)
    assert topic_plan_of(Settings(topics=topics)) == TopicPlan(3, 2, 1, 2)
    assert topic_plan_of(Settings()) == TopicPlan()
