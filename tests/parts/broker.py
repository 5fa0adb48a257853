"""Brokers for tests: the embedded one, or Apache Kafka where WELLTEGRA_TEST_KAFKA=apache.

A test that asks for `broker` or `kafka` carries the marker `broker` without saying so: `make test-kafka` runs it again,
against Apache Kafka. A test that only Apache Kafka can show is marked `kafka` and asks for `apache_kafka`.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator

import pytest

from connectors.kafka.config import Kafka
from tests.parts.apache_kafka import ApacheKafka, NoKafka
from tests.parts.secured_kafka import Doors, SecuredKafka
from welltegra.embedded.broker import EmbeddedBroker

__all__ = ["ApacheKafka"]

QUICK_START = "-XX:TieredStopAtLevel=1"
_numbers = itertools.count(1)


def on_apache() -> bool:
    return os.environ.get("WELLTEGRA_TEST_KAFKA") == "apache"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "broker: asks for a broker; `make test-kafka` gives it Apache Kafka")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and "broker" in item.fixturenames:
            item.add_marker("broker")


@pytest.fixture(scope="session")
def apache_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApacheKafka]:
    """Yield Apache Kafka, one for all tests; who stops it starts it again."""
    try:
        with ApacheKafka(tmp_path_factory.mktemp("kafka"), java=QUICK_START) as kafka:
            yield kafka
    except NoKafka as error:
        pytest.skip(f"NOT PROVEN: {error}" if error.out_of_reach else str(error))


@pytest.fixture(scope="session")
def secured_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """Yield the ways into Apache Kafka behind TLS and passwords."""
    if shutil.which("openssl") is None:
        pytest.skip("certificates are made by openssl; install it")
    try:
        with SecuredKafka(tmp_path_factory.mktemp("secured")) as doors:
            yield doors
    except NoKafka as error:
        pytest.skip(f"NOT PROVEN: {error}" if error.out_of_reach else str(error))


@pytest.fixture(scope="session")
def broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a broker, one for all tests."""
    if on_apache():
        kafka: ApacheKafka = request.getfixturevalue("apache_kafka")
        yield kafka.bootstrap
        return
    with EmbeddedBroker(tmp_path_factory.mktemp("broker")) as embedded:
        yield embedded.bootstrap


@pytest.fixture
def kafka(broker: str) -> Kafka:
    """Return the broker with topics of the test's own."""
    return Kafka({"bootstrap.servers": broker}, prefix=f"test-{next(_numbers)}.")
