"""Every breach of the simulated rig comes as one red alert, of the sample that was the first beyond the limit."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.kafka.config import Kafka
from tests.system.breach_times import Breach, Found, Told, matched
from tests.system.breaches import run


def test_that_a_breach_has_the_alert_of_its_sample_and_no_other() -> None:
    measured = [("W-1", 100.0), ("W-1", 110.0), ("W-2", 110.0), ("W-3", 120.0)]
    asked = [("W-1", 99.5), ("W-2", 109.9), ("W-1", 109.0), ("W-9", 1.0)]
    red = [
        Told("W-1", 100.0, 100.3),
        Told("W-2", 110.0005, 110.2),
        Told("W-2", 110.0005, 110.4),
        Told("W-1", 111.0, 112),
    ]
    found = matched(asked, measured, red)
    assert found == Found(
        [
            Breach("W-1", 99.5, 100.0, 100.3),
            Breach("W-1", 109.0, 110.0, None),
            Breach("W-2", 109.9, 110.0, 110.2),
            Breach("W-3", None, 120.0, None),
        ],
        [Told("W-2", 110.0005, 110.4), Told("W-1", 111.0, 112)],
        1,
    )
    assert not found.is_exact
    assert [round(took, 3) for took in found.seconds(asked=True)] == [0.8, 0.3]
    assert [round(took, 3) for took in found.seconds(asked=False)] == [0.3, 0.2]


@pytest.mark.slow
def test_that_each_of_twenty_breaches_is_alerted(tmp_path: Path, kafka: Kafka) -> None:
    found = run(tmp_path, str(kafka.properties["bootstrap.servers"]), kafka.prefix, breaches=20, wells=5)
    assert found.is_exact, f"{found}: {found.missing} {found.unasked}"
    assert len(found.seconds(asked=True)) == 20
    assert {breach.well for breach in found.breaches} == {f"W-{number}" for number in range(1, 6)}
