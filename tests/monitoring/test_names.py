"""Rules and dashboards ask for what there is, and say what they must."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.monitoring.queries import (
    DASHBOARDS,
    MONITORING,
    TESTS,
    alerts,
    exposed,
    names,
    panels,
    queries,
    recorded,
    recorded_names,
    rules,
)
from tests.test_layers import REPO

ALERTS = [pytest.param(alert, id=alert["alert"]) for alert in alerts()]


def test_that_a_name_that_nobody_exposes_is_found() -> None:
    expression = 'rate(welltegra_nothing_total{job="welltegra_x"}[5m]) / job:welltegra_none:rate1m > process_open_fds'
    assert names(expression) - exposed() == {"welltegra_nothing_total"}
    assert recorded_names(expression) - recorded() == {"job:welltegra_none:rate1m"}


@pytest.mark.parametrize(
    ("where", "expression"),
    [*queries(), *((rule.get("alert") or rule["record"], rule["expr"]) for rule in rules())],
)
def test_that_every_metric_asked_for_is_exposed_or_recorded(where: str, expression: str) -> None:
    assert names(expression) <= exposed(), where
    assert recorded_names(expression) <= recorded(), where


def test_that_every_metric_of_ours_is_shown_or_alerts() -> None:
    asked = {name for _, expression in queries() for name in names(expression)}
    asked |= {name for rule in rules() for name in names(rule["expr"])}
    ours = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exposed() if name.startswith("welltegra_")}
    asked = {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked}
    # For a person who follows one process or the recorder from the other end.
    assert ours - asked == {
        "welltegra_process_number",
        "welltegra_wells",
        "welltegra_recorder_event_timestamp_seconds",
        "welltegra_recorder_database_reachable_since_timestamp_seconds",
    }


@pytest.mark.parametrize("alert", ALERTS)
def test_that_an_alert_says_what_it_means_and_what_to_do(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("critical", "warning")
    assert set(alert["annotations"]) == {"summary", "description", "runbook_url"}
    assert len(alert["annotations"]["description"]) > 80
    assert re.fullmatch(r"docs/operations\.md#[a-z-]+", alert["annotations"]["runbook_url"])


@pytest.mark.parametrize("alert", ALERTS)
def test_that_the_runbook_of_an_alert_is_a_heading(alert: dict[str, Any]) -> None:
    page = REPO / "docs" / "operations.md"
    anchor = alert["annotations"]["runbook_url"].partition("#")[2]
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    assert anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_that_every_metric_has_a_row_in_the_page_and_no_other_has() -> None:
    page = (REPO / "docs" / "operations.md").read_text("utf-8")
    rows = set(re.findall(r"^\| `(welltegra_\w+)` \| (?:counter|gauge|histogram) \|", page, re.MULTILINE))
    ours = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exposed() if name.startswith("welltegra_")}
    assert rows == ours


def test_that_no_two_rules_have_a_name() -> None:
    assert max(Counter(rule.get("alert") or rule["record"] for rule in rules()).values()) == 1


@pytest.mark.parametrize("alert", ALERTS)
def test_that_each_alert_is_tested_to_fire_and_not_to(alert: dict[str, Any]) -> None:
    name = f'"{alert["alert"]}"'
    expected = [
        bool(expectation["exp_samples"])
        for path in TESTS
        for test in yaml.safe_load(path.read_text("utf-8"))["tests"]
        for expectation in test["promql_expr_test"]
        if name in expectation["expr"]
    ]
    assert set(expected) == {True, False}


def test_that_dashboards_are_those_of_the_code(tmp_path: Path) -> None:
    subprocess.run([sys.executable, MONITORING / "dashboards.py", tmp_path], check=True)
    made = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_text("utf-8") for path in DASHBOARDS}, "run make dashboards"


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_that_a_dashboard_can_be_told_apart_and_its_panels_too(path: Path) -> None:
    dashboard = json.loads(path.read_text("utf-8"))
    assert dashboard["uid"].startswith("welltegra-")
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    for panel in panels(path):
        letters = [target["refId"] for target in panel["targets"]]
        assert len(set(letters)) == len(letters)
        assert panel["datasource"]["uid"] == "${datasource}"
