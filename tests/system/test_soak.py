"""A short soak in CI; `make soak` kills ten times as often."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parts.apache_kafka import ApacheKafka
from tests.system.soak import KINDS, Soak, database, site_of

KILLS = 24


@pytest.mark.kafka
@pytest.mark.slow
def test_that_nothing_is_lost_or_doubled_whatever_is_killed(apache_kafka: ApacheKafka, tmp_path: Path) -> None:
    with database() as dsn, ApacheKafka(tmp_path / "kafka", java="-XX:TieredStopAtLevel=1") as broker:
        site = site_of(tmp_path / "site", broker, dsn)
        result = Soak(site, broker, dsn, seed=1, say=print).run(KILLS)
    print(result.table())
    assert result.kills == dict.fromkeys(KINDS, KILLS // len(KINDS))
    assert result.comparison.expected > 1000, "wells that breach all the time"
    assert result.comparison.is_exact, result.comparison
    assert result.recorded.is_exact, result.recorded
