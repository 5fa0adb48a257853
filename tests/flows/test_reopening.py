"""The reopening flow says when, and nothing else: each part once, reservoirs whole, and one answer however it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from bytewax.testing import run_main

from connectors.errors import ConnectorError
from flows.reopening import Part, Steps, get_flow
from welltegra.running import run

PARTS = tuple(
    Part(reservoir, tuple(f"{reservoir}-{first + i}" for i in range(3)))
    for reservoir in ("Hugin", "", "Sleipner")
    for first in (0, 3, 6)
)


def discover(part: Part) -> tuple[str, ...]:
    return part.well_ids


def assess(reservoir: str, found: Sequence[tuple[str, ...]]) -> tuple[str, list[str]]:
    return reservoir, [well_id for of_part in found for well_id in of_part]


def steps(written: list[Any]) -> Steps:
    return Steps(discover, assess, list, written.append)


EXPECTED = [(reservoir, [f"{reservoir}-{number}" for number in range(9)]) for reservoir in ("", "Hugin", "Sleipner")]


def test_that_each_reservoir_is_assessed_whole_and_in_the_order_of_its_wells() -> None:
    written: list[Any] = []
    run_main(get_flow(PARTS, steps(written)))
    assert written == [EXPECTED]


def test_that_the_order_of_the_parts_does_not_matter() -> None:
    # Of several processes, each comes to its end when it does: tests/system/test_rank.py runs two.
    written: list[Any] = []
    run_main(get_flow(PARTS[::-1], steps(written)))
    assert written == [EXPECTED]


def test_that_nothing_is_written_when_a_part_cannot_be_read() -> None:
    written: list[Any] = []

    def refuse(part: Part) -> tuple[str, ...]:
        if part.reservoir == "Sleipner":
            raise ConnectorError("the disk is gone")
        return discover(part)

    with pytest.raises(ConnectorError, match="the disk is gone"):
        run(get_flow(PARTS, Steps(refuse, assess, list, written.append)))
    assert written == []
