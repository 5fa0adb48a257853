"""Every query of every panel of the flow, against a real Prometheus that scrapes a real flow."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from connectors.kafka.config import Kafka
from tests.monitoring.queries import has_data, queries
from tests.parts.prometheus import Prometheus
from tests.welltegra.live.flowing import flow, is_ready, scan, send, until

pytestmark = pytest.mark.prometheus

WITHIN_S = 90.0


def test_that_every_panel_of_the_flow_shows_a_real_flow(
    kafka: Kafka, tmp_path: Path, new_prometheus: Callable[[Mapping[str, int]], Prometheus]
) -> None:
    with flow(kafka, tmp_path) as port:
        until(lambda: is_ready(port), tmp_path / "flow.log")
        prometheus = new_prometheus({"welltegra-constraints": port})
        others = ("welltegra_recorder", "welltegra_ingest", "welltegra_serve")
        missing = {
            where: expression for where, expression in queries() if not any(name in expression for name in others)
        }
        assert len(missing) > 40
        until(lambda: bool(prometheus.values("welltegra_ready == 1")), tmp_path / "flow.log")
        end = time.monotonic() + WITHIN_S
        while missing and time.monotonic() < end:
            send(kafka, scan(130.0))
            time.sleep(0.25)
            missing = {
                where: expression for where, expression in missing.items() if not has_data(prometheus, expression)
            }
        assert missing == {}
