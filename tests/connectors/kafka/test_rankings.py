"""A ranking is published whole or in parts, in order, under the key of its project."""

from __future__ import annotations

import json

import pytest
from confluent_kafka.cimpl import NewTopic

from connectors.kafka.cluster import Cluster, TopicMissing, partitions_of
from connectors.kafka.config import Kafka
from connectors.kafka.produce import NotDelivered
from connectors.kafka.rankings import publish
from schemas.topics import CONTENT_TYPE, REOPENING_TARGETS
from tests.parts.topic import read_topic, values, wait_until_served

HEAD = {"event_type": "welllog.reopening_target_ranked", "project_id": "kern", "candidate_count": 5}
LINES = [(f"W-{number}", json.dumps({"rank": number, "well_id": f"W-{number}"})) for number in range(1, 6)]


@pytest.fixture
def topics(kafka: Kafka) -> Kafka:
    cluster = Cluster(kafka)
    name = kafka.topic(REOPENING_TARGETS)
    if cluster.partitions(name) is None:
        for future in cluster.admin.create_topics([NewTopic(name, 2, -1)]).values():
            future.result()
        wait_until_served(kafka, name)
    return kafka


def test_that_a_document_comes_whole_and_then_in_parts(topics: Kafka) -> None:
    assert publish(topics, REOPENING_TARGETS, HEAD, LINES) == 1
    assert publish(topics, REOPENING_TARGETS, HEAD, LINES, most_bytes=1) == 5
    assert partitions_of(topics, REOPENING_TARGETS) == 2
    [messages] = [found for found in read_topic(topics, REOPENING_TARGETS).values() if found]
    assert [message.key() for message in messages] == [b"kern"] * 6
    assert messages[0].headers() == [(CONTENT_TYPE, b"application/json")]
    whole, *parts = (json.loads(value) for value in values(messages))
    assert whole == {**HEAD, "candidates": [json.loads(line) for _, line in LINES]}
    assert [part["part"]["first_rank"] for part in parts] == [1, 2, 3, 4, 5]
    assert [one["rank"] for part in parts for one in part["candidates"]] == [1, 2, 3, 4, 5]


def test_that_a_topic_that_is_not_there_ends_in_a_sentence(kafka: Kafka) -> None:
    with pytest.raises(TopicMissing, match=r"welllog\.reopening-target-ranked\.v1"):
        publish(Kafka(kafka.properties, prefix="nosuch."), REOPENING_TARGETS, HEAD, LINES)


def test_that_a_message_that_is_too_large_ends_in_a_sentence(topics: Kafka) -> None:
    huge = [("W-1", json.dumps("x" * 2_000_000))]
    with pytest.raises(NotDelivered, match="what was sent does no harm"):
        publish(topics, REOPENING_TARGETS, HEAD, huge)
