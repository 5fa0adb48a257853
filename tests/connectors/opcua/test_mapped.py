from __future__ import annotations

import logging

import pytest

from connectors.opcua.mapped import Mapped
from tests.connectors.opcua.server import tag_map


def test_that_a_step_longer_than_usual_is_a_gap() -> None:
    (state,) = Mapped(tag_map("W/a")).states
    assert not state.missed_before(5)
    state.came(0)
    assert state.missed_before(1)  # how often it comes is not known yet
    state.came(1_000)
    for time, missed in ((2_000, False), (2_700, False), (2_900, True), (1_000, False), (500, False)):
        assert state.missed_before(time) is missed, time
    state.came(1_100)
    assert state.missed_before(1_500)
    # A source that was made slower is known for it after a while.
    for time in range(2_100, 20_000, 1_000):
        state.came(time)
    assert not state.missed_before(20_500)


def test_that_an_unknown_unit_makes_readings_unusable_until_it_is_known(caplog: pytest.LogCaptureFixture) -> None:
    mapped = Mapped(tag_map("W/a"))
    (state,) = mapped.states
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            mapped.set_unit(state, "pssi")
    assert (state.unit, state.is_unit_known) == (None, False)
    (said,) = caplog.messages
    assert "tags.yaml line 3: W a" in said
    assert "'pssi'. Did you mean 'psi'" in said
    mapped.set_unit(state, "psi")
    assert (state.unit, state.is_unit_known) == ("psi", True)
    mapped.set_unit(state, None)
    assert (state.unit, state.is_unit_known) == (None, True)


def test_that_a_refusal_is_told_once_for_each_reason_and_many_in_short(caplog: pytest.LogCaptureFixture) -> None:
    mapped = Mapped(tag_map(*(f"W/t{number}" for number in range(100))))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            mapped.begin_connection()
            mapped.refuse(mapped.states[0], "must be there", "BadNodeIdUnknown", "Look.")
        mapped.refuse(mapped.states[0], "must be there", "BadNotReadable", "Look.")
    assert len(caplog.messages) == 2
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        for state in mapped.states:
            mapped.refuse(state, "must be there", "BadNodeIdInvalid", "Look.")
    assert len(caplog.messages) < 25
    assert "welltegra_ingest_tags" in caplog.messages[-1]
    assert list(mapped.served()) == []
