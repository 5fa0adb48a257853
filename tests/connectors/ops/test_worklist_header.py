"""What the header says of a ranking's age: when it was ranked last, and what has changed since and still counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest

from connectors.ops import overrides, worklist
from connectors.ops.profiles import StoredProfile
from connectors.ops.reading import Connection
from connectors.ops.runs import Written
from connectors.ops.shapes import Header, Override
from connectors.ops.writer import write_ranking
from connectors.postgres.config import Postgres
from tests.connectors.ops.frames import candidate, discovery, ranking, scored, snapshot, targets
from tests.connectors.ops.ranked import PROJECT

USED = ("well_id", "zone", "input", "value", "reason", "author")
NONE, ONE = None, "1 input was stated or withdrawn after this ranking."


@pytest.fixture
def connection(database: Postgres) -> Iterator[Connection]:
    with database.connect() as found:
        yield found


class Field:
    """Two wells that are ranked, and what is stated of them. unused: wells of which a ranking uses nothing stated."""

    def __init__(self, database: Postgres, profile: StoredProfile, connection: Connection) -> None:
        self.database, self.profile, self.connection = database, profile, connection
        self.unused: tuple[str, ...] = ()
        self.contents: dict[tuple[int, ...], str] = {}

    def rank(self, begun_at: datetime | None = None) -> Written:
        """Rank what holds; begun_at: when it was begun, now if it is not told."""
        holding = overrides.active(self.connection, PROJECT)
        content = self.contents.setdefault(tuple(one.override_id for one in holding), "abcdef"[len(self.contents)])
        rows = [candidate(well, 1, 2000.0) for well in ("W-1", "W-2")]
        used = [asdict(one) for one in holding if one.well_id not in self.unused]
        made = ranking(
            self.profile.scoring_profile_id,
            targets(*(scored(row, "A") for row in rows)),
            profile_sha256=self.profile.sha256,
            generated_at=begun_at or datetime.now(UTC),
            stated_inputs=tuple({name: one[name] for name in USED} | {"date": "2026-03-01"} for one in used),
        )
        return write_ranking(self.database, snapshot(content), discovery(rows), made)

    def state(self, value: str = "0.8", well: str = "W-1") -> Override:
        return overrides.state(
            self.connection, PROJECT, well, None, "pressure_ratio", value, reason="Gauge.", author="ann"
        )

    def withdraw(self, one: Override) -> None:
        assert overrides.withdraw(self.connection, PROJECT, one.override_id, "ann")

    @property
    def header(self) -> Header:
        found = worklist.header(self.connection, PROJECT)
        assert found is not None
        return found


@pytest.fixture
def field(database: Postgres, profile: StoredProfile, connection: Connection) -> Field:
    return Field(database, profile, connection)


def test_that_a_ranking_that_becomes_current_again_was_ranked_then(field: Field, connection: Connection) -> None:
    first = field.rank()
    stated = field.state()
    assert field.header.inputs_newer == ONE
    second = field.rank()
    assert field.header.inputs_newer is NONE
    field.withdraw(stated)
    assert field.header.inputs_newer == ONE
    begun_at = datetime.now(UTC)
    again = field.rank(begun_at)
    assert (again.run_id, again.new) == (first.run_id, False)
    assert (field.header.run_id, field.header.inputs_newer) == (first.run_id, NONE)
    assert field.header.generated_at == begun_at
    runs = worklist.list_runs(connection, PROJECT)
    assert [run.run_id for run in runs] == [first.run_id, second.run_id]
    assert runs[0].generated_at == begun_at
    assert runs[1].generated_at < begun_at, "the ranking before is the one that it is compared with"
    found = worklist.run(connection, PROJECT, first.run_id)
    assert found is not None
    assert found.generated_at == begun_at


def test_that_what_is_stated_and_withdrawn_again_makes_no_ranking_old(field: Field) -> None:
    field.rank()
    field.withdraw(field.state())
    assert field.header.inputs_newer is NONE


def test_that_what_is_withdrawn_and_stated_again_makes_no_ranking_old(field: Field) -> None:
    stated = field.state()
    field.rank()
    field.withdraw(stated)
    field.state()
    assert field.header.inputs_newer is NONE


def test_that_another_value_makes_a_ranking_old_until_it_is_withdrawn(field: Field) -> None:
    field.state("0.8")
    field.rank()
    other = field.state("0.7")
    assert field.header.inputs_newer == ONE
    field.withdraw(other)
    assert field.header.inputs_newer is NONE


def test_that_what_was_stated_while_a_ranking_began_is_newer_unless_it_was_used(field: Field) -> None:
    begun_at = datetime.now(UTC) - timedelta(seconds=5)
    field.state()
    field.rank(begun_at)
    assert field.header.inputs_newer is NONE, "it was begun before, and has used it"
    field.state("0.7", "W-2")
    assert field.header.inputs_newer == ONE


def test_that_what_is_stated_while_a_ranking_runs_is_newer_than_it(field: Field) -> None:
    begun_at = datetime.now(UTC)
    field.unused = ("W-1",)  # stated after the ranking had read what is
    field.state()
    field.rank(begun_at)
    assert field.header.inputs_newer == ONE, "the ranking was written later, and has not used it"


def test_that_what_a_ranking_could_not_use_is_not_newer_than_it(field: Field) -> None:
    field.unused = ("W-2",)
    field.rank()
    stated = field.state(well="W-2")
    assert field.header.inputs_newer == ONE, "nobody knows yet that it is of no use"
    field.rank()
    assert field.header.inputs_newer is NONE
    field.withdraw(stated)
    assert field.header.inputs_newer is NONE
