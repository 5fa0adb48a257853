"""The comparison that tests of ingest go by can fail."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.parts.node_opcua import Tick
from tests.system.node_opcua import Load
from tests.system.server_log import Comparison, Put, compare


def test_that_the_comparison_finds_what_is_missing_twice_different_and_strange() -> None:
    names = [("W-1", "t0"), ("W-1", "t1")]
    sent = [Tick(1000, [9.0, 9.0]), Tick(2000, [1.0, None]), Tick(3000, [2.0, 3.0]), Tick(4000, [4.0, 5.0])]

    def put(second: int, values: dict[str, float | None], **more: Any) -> Put:
        scan = {"well_id": "W-1", "time": f"1970-01-01T00:00:0{second}.000Z", "values": values, **more}
        return Put(json.dumps(scan).encode(), second * 1000 + 70)

    whole = [
        put(2, {"t0": 1.0, "t1": None}, quality={"t1": "bad"}),
        put(3, {"t0": 2.0, "t1": 3.0}),
        put(4, {"t0": 4.0, "t1": 5.0}, backfill=True),
    ]
    found = compare(sent, whole, names, since_ms=3000)
    assert (found.is_exact, found.expected, found.live, found.backfilled) == (True, 6, 4, 2)
    assert found.delays_ms == [70]
    assert compare(sent, whole, names, since_ms=1000).missing == [("W-1/t0", 1000), ("W-1/t1", 1000)]
    assert compare(sent, whole[:1], names, since_ms=4000).missing == [
        (f"W-1/t{n}", at) for at in (3000, 4000) for n in (0, 1)
    ]
    assert compare(sent, [], names, since_ms=4000).missing == [("W-1/t0", 4000), ("W-1/t1", 4000)]
    assert compare(sent, [*whole, put(3, {"t1": 3.0})], names, 3000).twice == [("W-1/t1", 3000)]
    assert compare(sent, [*whole[1:], put(2, {"t0": 1.0, "t1": 0.0})], names, 3000).different == [("W-1/t1", 2000)]
    assert compare(sent, [*whole, put(5, {"t0": 1.0})], names, 3000).strange == [("W-1/t0", 5000)]


def test_that_a_load_is_whole_only_if_all_of_it_came_in_time_by_one_subscription() -> None:
    load = Load(59, 60.4, Comparison(expected=590), 0.1, 0.1, 100.0, 0.0, 1)
    assert load.is_whole(tags=10)
    for other in (
        replace(load, comparison=Comparison(expected=580)),  # the log was cut
        replace(load, comparison=Comparison(expected=590, backfilled=1)),
        replace(load, comparison=Comparison(expected=590, missing=[("W-1/t0", 1000)])),
        replace(load, overflows=1.0),
        replace(load, connections=2),
    ):
        assert not other.is_whole(tags=10)
