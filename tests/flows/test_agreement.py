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
from tests.streams import (
    Activation,
    dirty_rows,
    drawn_activations,
    random_activations,
    random_rows,
    random_rule_sets,
    rule_sets,
)

pytestmark = pytest.mark.kernel

STREAMS = 3000
ROWS_PER_STREAM = 50
ACTIVATIONS = 900


def oracle_of(rules: Sequence[RuleSet], rows: Sequence[Row], activations: Sequence[Activation] = ()) -> Oracle:
    oracle = Oracle(rules)
    coming = list(activations)
    for place in range(len(rows) + 1):
        while coming and coming[0].place == place:
            activation = coming.pop(0)
            oracle.activate(activation.rule_set, activation.at)
        if place < len(rows):
            oracle.feed(rows[place])
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


@given(st.data())
def test_that_kernel_and_oracle_agree_whenever_rules_change_and_the_kernel_is_restarted(data: st.DataObject) -> None:
    rules = data.draw(rule_sets())
    rows = data.draw(dirty_rows(rules))
    known = rules[: data.draw(st.integers(0, len(rules)))]  # the others come by activation, or not at all
    activations = data.draw(drawn_activations(rules, rows))
    sizes = data.draw(st.lists(st.sampled_from([1, 2, 3, 10, 1000]), min_size=1, max_size=5))
    stops = data.draw(st.sets(st.integers(0, len(rows)), max_size=8))

    def maybe_restart(kernel: Kernel, judged: int) -> None:
        if judged in stops or judged == len(rows):
            kernel.restart()

    assert_agree(run(known, rows, sizes, maybe_restart, activations), oracle_of(known, rows, activations))


@given(st.data())
def test_that_timers_find_nothing_that_the_next_sample_or_activation_does_not(data: st.DataObject) -> None:
    (well,) = data.draw(rule_sets(max_wells=1))
    constraints = tuple(constraint for constraint in well.constraints if constraint.tag == well.tags[0].name)
    rules = [replace(well, tags=well.tags[:1], constraints=constraints)]
    rows = data.draw(dirty_rows(rules))
    activations = data.draw(drawn_activations(rules, rows, never_back=True))
    live, coming = Kernel(rules), list(activations)
    for place, row in enumerate(rows):
        while coming and coming[0].place == place:
            activation = coming.pop(0)
            live.lapse(activation.at)
            live.activate(activation.rule_set, activation.at)
        # Without received_at the samples are the clock, and of those that nobody watched a condition knows nothing.
        known = int(live.conditions.memory["arrival"].max(initial=0))
        live.lapse(max(known, row.time if row.received_at is None else row.received_at))
        live.feed([row])
    for activation in coming:
        live.activate(activation.rule_set, activation.at)
    live.finish()
    replayed = run(rules, rows, [1000], activations=activations)
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


def test_that_kernel_and_oracle_agree_on_a_shard_whose_rules_change_hundreds_of_times() -> None:
    rng = random.Random(2)
    rules = random_rule_sets(rng, 150)
    rows = random_rows(rng, rules, 60 * ACTIVATIONS // 6)
    activations = random_activations(rng, rules, rows, ACTIVATIONS)
    known = rules[:140]
    oracle = oracle_of(known, rows, activations)
    changes = Counter(
        (alert["previous_level"], alert["level"], alert["view"] == "live")
        for alert in oracle.alerts
        if alert["transition"] == "limit_changed"
    )
    for before, after in (("normal", "red"), ("normal", "yellow"), ("yellow", "red"), ("red", "yellow")):
        assert changes[before, after, True] > 5
    assert min(changes["red", "normal", True], changes["normal", "red", False]) > 20
    assert min(Counter(violation["end_reason"] for violation in oracle.violations).values()) > 50

    def now_and_then(kernel: Kernel, judged: int) -> None:
        if judged % 7 == 0:
            kernel.restart()

    assert_agree(run(known, rows, [1000, 1, 333, 50], now_and_then, activations), oracle)
