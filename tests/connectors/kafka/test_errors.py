"""What brokers that are gone have the client say, told once and not at each of a hundred tries."""

from __future__ import annotations

import logging
import time

import pytest
from confluent_kafka import KafkaError

from connectors.kafka.errors import Telling

LOG = logging.getLogger("telling")


def test_that_an_error_is_told_at_once_and_then_now_and_then_with_how_often_it_came(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    telling, down, refused = Telling(LOG), KafkaError(KafkaError._ALL_BROKERS_DOWN), KafkaError(KafkaError._TRANSPORT)
    for _ in range(40):
        telling.tell("samples", down)
    telling.tell("samples", refused)
    telling.tell("alerts", down)
    assert [record.message.rpartition(" ")[2] for record in caplog.records] == 3 * ["more_like_it=0"]
    now += 10.0
    telling.tell("samples", down)
    telling.tell("samples", down)
    assert caplog.records[-1].message.startswith("kafka_error topic=samples code=_ALL_BROKERS_DOWN")
    assert caplog.records[-1].message.endswith("more_like_it=39")
    assert len(caplog.records) == 4
