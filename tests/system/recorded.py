"""What stands in the database beside what stands on the topics: each event once, in order, on a whole chain."""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg

from connectors.kafka.config import Kafka
from connectors.postgres.config import Postgres
from connectors.postgres.verify import Broken, verify
from schemas.topics import ALERTS, CE_ID, VIOLATIONS
from tests.system.records import header, messages


@dataclass
class Recorded:
    """What was found. chain: where it ends, or what is wrong with it. unordered: partitions recorded out of order."""

    events: int = 0
    captures: int = 0
    missing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unordered: list[str] = field(default_factory=list)
    chain: str = ""
    is_whole: bool = False

    @property
    def is_exact(self) -> bool:
        return self.is_whole and not (self.missing or self.doubled or self.unordered)

    def __str__(self) -> str:
        return (
            f"{self.events} events recorded, {self.captures} captures; missing {len(self.missing)},"
            f" doubled {len(self.doubled)}, out of order {len(self.unordered)}; the chain: {self.chain}"
        )


def recorded_events(dsn: str) -> int:
    """Return how many alerts and violation messages are in the database."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT count(*) FROM audit WHERE kind IN ('alert', 'violation')").fetchone()
    assert row is not None, "a count is a row"
    return int(row[0])


def on_topics(kafka: Kafka, partitions: int) -> dict[tuple[str, int], list[str]]:
    """Return the ids of the events on each partition of each topic, each at its first place, in order."""
    return {
        (name, partition): list(
            dict.fromkeys(header(each, CE_ID).decode() for each in messages(kafka, name, partition))
        )
        for name in (ALERTS, VIOLATIONS)
        for partition in range(partitions)
    }


def recorded(kafka: Kafka, partitions: int, dsn: str) -> Recorded:
    """Compare the database with the topics, and verify its chain."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "SELECT record_id FROM audit WHERE kind IN ('alert', 'violation') ORDER BY seq"
        ).fetchall()
        captures = connection.execute("SELECT count(*) FROM audit WHERE kind = 'capture'").fetchone()
    assert captures is not None, "a count is a row"
    place: dict[str, int] = {}
    found = Recorded(len(rows), int(captures[0]))
    for at, (number,) in enumerate(rows):
        if number in place:
            found.doubled.append(number)
        place[number] = at
    for (name, partition), ids in on_topics(kafka, partitions).items():
        found.missing += [number for number in ids if number not in place]
        places = [place[number] for number in ids if number in place]
        if places != sorted(places):
            found.unordered.append(f"{name}/{partition}")
    end = verify(Postgres(dsn))
    found.chain, found.is_whole = str(end), not isinstance(end, Broken)
    return found
