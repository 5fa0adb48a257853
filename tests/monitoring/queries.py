"""What monitoring/ asks for: queries of panels, rules, and the names of metrics in them."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.parts.prometheus import Prometheus
from tests.test_layers import REPO
from tests.welltegra.live.told import start, turn
from welltegra.api.metrics import FORMATS, JOB_STATES, ServeMetrics, Standing
from welltegra.auth.errors import BadToken
from welltegra.ingest.metrics import IngestMetrics
from welltegra.live.metrics import Metrics
from welltegra.recording_metrics import RecordMetrics
from welltegra.registry import Exposition

MONITORING = REPO / "monitoring"
DASHBOARDS = sorted((MONITORING / "dashboards").glob("*.json"))
RULES = sorted((MONITORING / "rules").glob("*.yml"))
TESTS = sorted((MONITORING / "tests").glob("*.yml"))

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_OF_A_REGISTRY = re.compile(r"(?<![\w:])(?:welltegra|process|python)_\w+(?![\w:])")
_RECORDED = re.compile(r"\b\w+:welltegra_\w+:\w+")


def rules() -> list[dict[str, Any]]:
    """Return all rules, recording and alerting."""
    found: list[dict[str, Any]] = []
    for path in RULES:
        for group in yaml.safe_load(path.read_text("utf-8"))["groups"]:
            found += group["rules"]
    return found


def alerts() -> list[dict[str, Any]]:
    return [rule for rule in rules() if "alert" in rule]


def recorded() -> set[str]:
    """Return the names that recording rules make."""
    return {rule["record"] for rule in rules() if "record" in rule}


def panels(path: Path) -> list[dict[str, Any]]:
    """Return the panels of a dashboard, rows left out."""
    return [panel for panel in json.loads(path.read_text("utf-8"))["panels"] if panel["type"] != "row"]


def queries() -> list[tuple[str, str]]:
    """Return dashboard and panel, and the expression, of every query."""
    return [
        (f"{path.stem}: {panel['title']}: {target['refId']}", target["expr"])
        for path in DASHBOARDS
        for panel in panels(path)
        for target in panel["targets"]
    ]


def names(expression: str) -> set[str]:
    """Return the metrics that an expression asks for, those of recording rules apart."""
    return set(_OF_A_REGISTRY.findall(_STRING.sub('""', expression)))


def recorded_names(expression: str) -> set[str]:
    """Return the names of recording rules in an expression."""
    return set(_RECORDED.findall(_STRING.sub('""', expression)))


def exposed() -> set[str]:
    """Return the names of all series that our registries can have."""
    metrics, recording, ingest, serving = Metrics(), RecordMetrics(), IngestMetrics(), serve_metrics()
    start(metrics)
    turn(metrics, 1)
    store(recording)
    bring(ingest)
    answer(serving)
    others = [Exposition(each.registry) for each in (recording, ingest, serving)]
    return {
        sample.name
        for exposition in (Exposition(metrics.registry, metrics.conditions), *others)
        for family in text_string_to_metric_families(exposition.text().decode())
        for sample in family.samples
    }


def store(recording: RecordMetrics) -> None:
    """Tell of a record that was stored."""
    recording.stored("alert", 1, datetime.now(UTC))
    recording.behind(2)


def bring(ingest: IngestMetrics) -> None:
    """Tell of samples that came by OPC UA and went to Kafka, and of some that did not."""
    ingest.connected()
    ingest.kafka(True, "")
    ingest.heard()
    ingest.served(5, 4)
    ingest.sampled(3, 2, 1)
    ingest.clock_differs(0.2)
    ingest.delivered(backfill=False)
    ingest.gap(2, 3.5)


def serve_metrics() -> ServeMetrics:
    """Return the metrics of a server of the worklist that is ready."""
    made = ServeMetrics(lambda: {"pool_size": 4, "pool_available": 3, "pool_max": 8, "requests_wait_ms": 5}, lambda: 2)
    made.standing = lambda: Standing((), True, dict.fromkeys(JOB_STATES, 1), 3.0, 4.0)
    return made


def answer(serving: ServeMetrics) -> None:
    """Tell of requests that were answered, one of them with an error, of an export, and of who was not believed."""
    for status in (200, 404, 503):
        serving.answered("/projects/{project_id}/runs", "GET", status)
        serving.ended("/projects/{project_id}/runs", "GET", 0.02)
    serving.exported(FORMATS[0])
    serving.refused(BadToken("it was none"))


def chosen(expression: str) -> str:
    """Return an expression as Grafana sends it, with all jobs and wells chosen."""
    for variable, value in {"$job": ".*", "$well": ".*", "$__rate_interval": "10s"}.items():
        expression = expression.replace(variable, value)
    return expression


def has_data(prometheus: Prometheus, expression: str) -> bool:
    return any(math.isfinite(value) for value in prometheus.values(chosen(expression)))
