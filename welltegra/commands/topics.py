"""welltegra topics: the topics on Kafka."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from welltegra.invocation import Invocation


@click.group()
def topics() -> None:
    """Topics on Kafka: make them, check them."""


@topics.command()
@click.pass_obj
def create(invocation: Invocation) -> None:
    """Make the topics that are missing. Those that are there stay as they are; what differs in them is told."""
    from connectors.kafka.topics import create_topics
    from welltegra.kafka_settings import kafka_of, topic_plan_of

    settings = invocation.settings()
    kafka, plan = kafka_of(settings), topic_plan_of(settings)
    made = create_topics(kafka, plan)
    for topic in plan.topics():
        name = kafka.topic(topic.name)
        click.echo(f"{name}: {'made' if name in made else 'was there'}")
    _check(invocation)


@topics.command()
@click.pass_obj
def check(invocation: Invocation) -> None:
    """Compare the topics with what they must be like."""
    _check(invocation)
    click.echo("The topics are as they must be.")


def _check(invocation: Invocation) -> None:
    from connectors.kafka.topics import check_topics
    from welltegra.errors import TopicsDiffer
    from welltegra.kafka_settings import kafka_of, topic_plan_of

    settings = invocation.settings()
    faults = check_topics(kafka_of(settings), topic_plan_of(settings))
    if faults:
        raise TopicsDiffer("\n".join(map(str, faults)))
