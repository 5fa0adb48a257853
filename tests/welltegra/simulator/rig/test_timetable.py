"""The timetable of a rig's well: which states there are, how long, and what is done in them."""

from __future__ import annotations

from itertools import groupby, islice

import numpy as np
import pytest

from welltegra.simulator.rig.tags import STATES
from welltegra.simulator.rig.timetable import Second, seconds

WEEK_S = 7 * 86_400


@pytest.fixture(scope="module")
def week() -> list[Second]:
    return list(islice(seconds(np.random.default_rng(1)), WEEK_S))


def runs(week: list[Second]) -> list[tuple[str, int]]:
    return [(state, len(list(each))) for state, each in groupby(week, key=lambda second: second.state)]


def test_that_a_week_has_every_state_and_well_control_rarely(week: list[Second]) -> None:
    count = {state: sum(each == state for each, _ in runs(week)) for state in STATES}
    assert set(count) == {state for state, _ in runs(week)}
    assert 0 < count["well_control"] < count["shut_in"] < count["connection"]
    assert count["pressure_test"] < count["connection"]


def test_that_it_begins_pumping_and_reaches_a_connection_within_half_an_hour(week: list[Second]) -> None:
    assert week[0].state == "pumping"
    assert "connection" in {second.state for second in week[:1_800]}


def test_that_nothing_is_drilled_but_while_pumping(week: list[Second]) -> None:
    drilling = {second.state for second in week if second.controls.drillability_m_per_s > 0.0}
    # The state is not known for a while now and then; the bit does not care.
    assert drilling == {"pumping", "unknown"}


def test_that_a_well_is_closed_in_only_when_shut_in_under_test_or_in_well_control(week: list[Second]) -> None:
    closed = {second.state for second in week if second.controls.closed_in}
    assert closed == {"shut_in", "pressure_test", "well_control"}


def test_that_another_seed_is_another_week() -> None:
    one, same, other = (
        [second.state for second in islice(seconds(np.random.default_rng(seed)), 20_000)] for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other
