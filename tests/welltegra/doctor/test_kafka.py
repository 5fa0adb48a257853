"""The cluster: in reach and not, its topics as they must be and not, passwords and certificates refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from connectors.kafka.config import Kafka
from connectors.kafka.topics import TopicPlan, create_topics
from schemas.topics import SAMPLES
from tests.parts.secured_kafka import PASSWORD, USER, Doors
from tests.parts.topic import wait_until_served
from tests.welltegra.doctor.parts import black_hole, free_port, one, states
from welltegra.doctor.kafka import look
from welltegra.doctor.result import Result, State
from welltegra.settings.model import KafkaSettings, Settings, TopicsSettings

NAMES = ["kafka", "topics", "clock: kafka", "active rules"]
WRONG = "swordfish"


def settings(kafka: Kafka) -> Settings:
    return Settings(
        kafka=KafkaSettings(bootstrap_servers=kafka.properties["bootstrap.servers"], topic_prefix=kafka.prefix),
        topics=TopicsSettings(partitions=2, replication=1),
    )


def only_kafka_is_wrong(results: list[Result]) -> Result:
    assert [result.name for result in results] == NAMES
    assert [result.state for result in results] == [State.WRONG, *[State.NOT_ASKED] * 3]
    return results[0]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a broker that answers at the pace of a busy machine be neither silent nor slow."""
    monkeypatch.setattr("welltegra.doctor.kafka.ANSWERS_WITHIN_S", 60.0)
    monkeypatch.setattr("welltegra.doctor.kafka._SLOW_FROM_S", 60.0)


@pytest.mark.usefixtures("patient")
def test_that_a_cluster_with_our_topics_is_fine(kafka: Kafka) -> None:
    create_topics(kafka, TopicPlan(partitions=2, replication=1))
    results = list(look(settings(kafka)))
    assert [result.name for result in results] == NAMES
    assert states(results)["kafka"] is states(results)["topics"] is State.OK
    found = one(results, "kafka").found
    assert "1 broker, answers in " in found
    assert found.endswith("ms; can all that we need.")


@pytest.mark.usefixtures("patient")
def test_that_missing_and_other_topics_are_told_one_by_one(kafka: Kafka) -> None:
    admin = AdminClient(kafka.client())
    admin.create_topics([NewTopic(kafka.topic(SAMPLES), 3, 1)])[kafka.topic(SAMPLES)].result(60)
    wait_until_served(kafka, kafka.topic(SAMPLES))
    results = list(look(settings(kafka)))
    topics = [result for result in results if result.name == "topics"]
    assert {result.state for result in topics} == {State.WRONG}
    assert topics[0].found == f"topic {kafka.topic(SAMPLES)}: must have 2 partitions; was 3."
    assert sum("must be there" in result.found for result in topics) == 8
    assert all(result.remedy for result in topics)
    assert states(results)["active rules"] is State.NOT_ASKED


@pytest.mark.slow
def test_that_nobody_there_is_one_fault_with_what_to_do() -> None:
    kafka = Kafka({"bootstrap.servers": f"127.0.0.1:{free_port()}"})
    result = only_kafka_is_wrong(list(look(settings(kafka))))
    assert "must answer within 5 s; did not" in result.found
    assert "Connection refused" in result.found
    assert result.remedy.startswith("Is a broker running there")


@pytest.mark.slow
def test_that_a_black_hole_is_one_fault() -> None:
    with black_hole() as port:
        results = list(look(settings(Kafka({"bootstrap.servers": f"127.0.0.1:{port}"}))))
    assert "must answer within 5 s; did not" in only_kafka_is_wrong(results).found


def test_that_settings_that_cannot_be_used_are_told_without_secrets() -> None:
    results = list(look(Settings(kafka=KafkaSettings(bootstrap_servers="nowhere", sasl_password=WRONG))))
    wrong = [result for result in results if result.name == "kafka"]
    assert len(wrong) == 2
    assert all(result.found.startswith("settings: kafka.") for result in wrong)
    assert WRONG not in str(results)


def secured(server: str, folder: Path, password: str = PASSWORD, authority: str = "ca.pem") -> Settings:
    return Settings(
        kafka=KafkaSettings(
            bootstrap_servers=server,
            security_protocol="sasl_ssl",
            sasl_username=USER,
            sasl_password=password,
            ssl_ca_location=str(folder / authority),
        )
    )


@pytest.mark.kafka
@pytest.mark.usefixtures("patient")
def test_that_a_user_who_is_let_in_finds_what_a_broker_can(secured_kafka: Doors) -> None:
    result = one(look(secured(secured_kafka.scram, secured_kafka.folder)), "kafka")
    assert (result.state, result.found.endswith("can all that we need.")) == (State.OK, True)


@pytest.mark.kafka
@pytest.mark.usefixtures("patient")
def test_that_a_wrong_password_is_told_and_not_shown(secured_kafka: Doors) -> None:
    results = list(look(secured(secured_kafka.scram, secured_kafka.folder, WRONG)))
    result = only_kafka_is_wrong(results)
    assert f"must accept user {USER!r} by SCRAM-SHA-512" in result.found
    assert result.remedy.startswith("Check kafka.sasl_username")
    assert WRONG not in str(results)


@pytest.mark.kafka
@pytest.mark.usefixtures("patient")
def test_that_a_certificate_of_a_stranger_is_told(secured_kafka: Doors) -> None:
    result = only_kafka_is_wrong(
        list(look(secured(secured_kafka.scram, secured_kafka.folder, authority="stranger.pem")))
    )
    assert "must show a certificate that we can trust" in result.found
    assert PASSWORD not in str(result)
