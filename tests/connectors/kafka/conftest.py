"""Apache Kafka, for what only it can show."""

from __future__ import annotations

import itertools

import pytest

from connectors.kafka.config import Kafka
from tests.parts.apache_kafka import ApacheKafka

_numbers = itertools.count(1)


@pytest.fixture
def apache(apache_kafka: ApacheKafka) -> Kafka:
    """Return Apache Kafka with topics of the test's own."""
    return Kafka({"bootstrap.servers": apache_kafka.bootstrap}, prefix=f"apache-{next(_numbers)}.")
