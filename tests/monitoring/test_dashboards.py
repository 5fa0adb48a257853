"""Every query of every panel, and every rule, against a real Prometheus that scrapes our real servers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

import pytest

from tests.monitoring.queries import answer, bring, has_data, queries, recorded, serve_metrics, store
from tests.parts.prometheus import Prometheus
from tests.welltegra.live.told import start, turn
from welltegra.ingest.metrics import IngestMetrics
from welltegra.live.health import why_not_live, why_not_ready
from welltegra.live.metrics import Metrics
from welltegra.metrics_server import MetricsServer, Pages
from welltegra.recording_metrics import RecordMetrics
from welltegra.registry import Exposition

pytestmark = pytest.mark.prometheus

WITHIN_S = 90.0
FIRES = 'ALERTS{alertname="WellTegraEvaluationStopped", alertstate="firing"}'


@contextmanager
def served(exposition: Exposition, live: Callable[[], list[str]], ready: Callable[[], list[str]]) -> Iterator[int]:
    server = MetricsServer("127.0.0.1", 0, Pages(exposition.text, live, ready))
    server.start()
    try:
        assert server.wait(WITHIN_S)
        yield server.port
    finally:
        server.stop()


def exposition_of(metrics: Metrics) -> Exposition:
    return Exposition(metrics.registry, metrics.conditions)


@pytest.fixture(scope="module")
def scraped(
    new_prometheus: Callable[[Mapping[str, int]], Prometheus],
) -> Iterator[tuple[Prometheus, Callable[[], None]]]:
    """Yield a Prometheus, and what has something happen in the flow, the recorder and the ingest that it scrapes."""
    metrics, recording, ingest, serving = Metrics(), RecordMetrics(), IngestMetrics(), serve_metrics()
    start(metrics)
    turns = 0

    def happen() -> None:
        nonlocal turns
        turns += 1
        turn(metrics, turns)
        store(recording)
        bring(ingest)
        answer(serving)

    with ExitStack() as stack:
        standing = metrics.standing
        flow = stack.enter_context(
            served(exposition_of(metrics), lambda: why_not_live(standing()), lambda: why_not_ready(standing()))
        )
        recorder = stack.enter_context(served(Exposition(recording.registry), list, recording.why_not_ready))
        bringing = stack.enter_context(served(Exposition(ingest.registry), ingest.why_not_live, ingest.why_not_ready))
        worklist = stack.enter_context(served(Exposition(serving.registry), list, list))
        jobs = {"welltegra-constraints": flow, "welltegra-record": recorder, "welltegra-ingest": bringing}
        yield new_prometheus({**jobs, "welltegra-serve": worklist}), happen


def test_that_every_panel_and_every_recording_rule_has_data(
    scraped: tuple[Prometheus, Callable[[], None]],
) -> None:
    prometheus, happen = scraped
    missing = dict(queries()) | {name: name for name in recorded()}
    until = time.monotonic() + WITHIN_S
    while missing and time.monotonic() < until:
        happen()
        time.sleep(0.25)
        missing = {where: expression for where, expression in missing.items() if not has_data(prometheus, expression)}
    assert missing == {}


def test_that_prometheus_can_evaluate_every_rule(scraped: tuple[Prometheus, Callable[[], None]]) -> None:
    prometheus, happen = scraped
    until = time.monotonic() + WITHIN_S
    while True:
        happen()
        rules = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
        health = {rule["name"]: rule.get("lastError") or rule["health"] for rule in rules}
        if "unknown" not in health.values() or time.monotonic() > until:
            break
        time.sleep(0.25)
    assert len(rules) > 25
    assert {name: said for name, said in health.items() if said != "ok"} == {}


def test_that_all_are_scraped_without_a_complaint(scraped: tuple[Prometheus, Callable[[], None]]) -> None:
    prometheus, _ = scraped
    jobs = ("welltegra-constraints", "welltegra-record", "welltegra-ingest", "welltegra-serve")
    until = time.monotonic() + WITHIN_S
    while True:
        targets = prometheus.ask("targets")["activeTargets"]
        said = {target["labels"]["job"]: (target["health"], target["lastError"]) for target in targets}
        # On a slow machine a scrape may take longer than the little time it has; the next one does not.
        if said == dict.fromkeys(jobs, ("up", "")) or time.monotonic() > until:
            break
        time.sleep(0.25)
    assert said == dict.fromkeys(jobs, ("up", ""))


def test_that_two_histogram_bounds_are_called_as_the_rules_call_them(
    scraped: tuple[Prometheus, Callable[[], None]],
) -> None:
    prometheus, happen = scraped
    happen()
    until = time.monotonic() + WITHIN_S
    while not (values := prometheus.values('welltegra_event_to_alert_seconds_bucket{le="2.0"}')):
        assert time.monotonic() < until
        time.sleep(0.25)
    assert len(values) == 2


def test_that_a_flow_that_ends_fires_its_alert(new_prometheus: Callable[[Mapping[str, int]], Prometheus]) -> None:
    metrics = Metrics()
    start(metrics)
    with served(exposition_of(metrics), list, list) as port:
        prometheus = new_prometheus({"welltegra-constraints": port})
        wait_for(prometheus, 'up{job="welltegra-constraints"} == 1')
        until = time.monotonic() + WITHIN_S
        while prometheus.values(FIRES):
            # A Prometheus that was slow to start had nobody to ask until now, and we have said nothing since.
            turn(metrics, 1)
            assert time.monotonic() < until, "a flow that is judging is no reason to be called"
            time.sleep(0.25)
    wait_for(prometheus, FIRES)
    (alert,) = [
        alert
        for alert in prometheus.ask("alerts")["alerts"]
        if alert["labels"]["alertname"] == "WellTegraEvaluationStopped" and alert["state"] == "firing"
    ]
    assert alert["annotations"]["summary"] == f"No evaluation on 127.0.0.1:{port}"


def wait_for(prometheus: Prometheus, expression: str) -> None:
    until = time.monotonic() + WITHIN_S
    while not prometheus.values(expression):
        assert time.monotonic() < until, expression
        time.sleep(0.25)
