"""The kernel against the oracle, record for record: two readings of docs/judging.md that share no code."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.rule_set import RuleSet
from tests.kernel import Fields, Kernel, run
from tests.oracle import Oracle, Row
from tests.streams import dirty_rows, random_rows, random_rule_sets, rule_sets

pytestmark = pytest.mark.kernel

STREAMS = 3000
ROWS_PER_STREAM = 50


def oracle_of(rules: Sequence[RuleSet], rows: Sequence[Row]) -> Oracle:
    oracle = Oracle(rules)
    for row in rows:
        oracle.feed(row)
    oracle.finish()
    return oracle


def plain(records: Sequence[Fields]) -> list[Fields]:
    return [
        {name: str(value) if name.endswith("_id") and value else value for name, value in r.items()} for r in records
    ]


def assert_agree(kernel: Kernel, oracle: Oracle) -> None:
    assert kernel.alerts == plain(oracle.alerts)
    assert kernel.violations == plain(oracle.violations)
    counts = {name: {k: n for k, n in count.items() if k != "samples"} for name, count in oracle.counts.items()}
    assert kernel.counts() == counts


@given(st.data())
def test_that_kernel_and_oracle_agree_whatever_the_batches(data: st.DataObject) -> None:
    rules = data.draw(rule_sets())
    rows = data.draw(dirty_rows(rules))
    sizes = data.draw(st.lists(st.sampled_from([1, 2, 3, 10, 1000]), min_size=1, max_size=5))
    assert_agree(run(rules, rows, sizes), oracle_of(rules, rows))


@given(st.data())
def test_that_kernel_and_oracle_agree_whenever_the_kernel_is_restarted(data: st.DataObject) -> None:
    rules = data.draw(rule_sets())
    rows = data.draw(dirty_rows(rules))
    stops = data.draw(st.sets(st.integers(0, max(0, len(rows) - 1)), max_size=8))
    restarts = 0

    def maybe_restart(kernel: Kernel, judged: int) -> None:
        nonlocal restarts
        if judged in stops:
            kernel.restart()
            restarts += 1

    kernel = run(rules, rows, [1], maybe_restart)
    assert restarts == len([stop for stop in stops if 0 < stop <= len(rows)])
    assert_agree(kernel, oracle_of(rules, rows))


@given(st.data())
def test_that_timers_find_nothing_that_the_next_sample_does_not(data: st.DataObject) -> None:
    (well,) = data.draw(rule_sets(max_wells=1))
    constraints = tuple(constraint for constraint in well.constraints if constraint.tag == well.tags[0].name)
    rules = [replace(well, tags=well.tags[:1], constraints=constraints)]
    rows = data.draw(dirty_rows(rules))
    moments = random.Random(data.draw(st.integers()))
    live, replayed, arrival = Kernel(rules), run(rules, rows, [1000]), 0
    for row in rows:
        last, arrival = arrival, max(arrival, row.time if row.received_at is None else row.received_at)
        live.lapse(moments.randint(last, arrival) if last else arrival)
        live.feed([row])
    live.finish()
    # Whether only the delivery was silent is known when the next sample comes, and a timer does not wait for it.
    assert Counter(repr({**alert, "cause": None}) for alert in live.alerts) == Counter(
        repr({**alert, "cause": None}) for alert in replayed.alerts
    )
    assert live.violations == replayed.violations


def test_that_kernel_and_oracle_agree_on_thousands_of_streams_of_one_shard() -> None:
    rng = random.Random(20260101)
    rules = random_rule_sets(rng, STREAMS * 2 // 3)
    streams = sum(len(rule_set.tags) for rule_set in rules)
    rows = random_rows(rng, rules, ROWS_PER_STREAM * streams)
    oracle = oracle_of(rules, rows)
    assert streams > STREAMS * 0.9
    assert min(Counter(alert["transition"] for alert in oracle.alerts).values()) > 100

    def now_and_then(kernel: Kernel, judged: int) -> None:
        if judged % 7 == 0:
            kernel.restart()

    assert_agree(run(rules, rows, [1000, 1, 333, 5000], now_and_then), oracle)
