"""What promtool says of the rules: that they can be read, when each alert fires, and when not."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.monitoring.queries import MONITORING, RULES, TESTS

pytestmark = pytest.mark.prometheus

Promtool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_that_promtool_can_read_the_rules(promtool: Promtool, path: Path) -> None:
    done = promtool("check", "rules", "--lint=all", "--lint-fatal", path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_that_promtool_can_read_the_example(promtool: Promtool) -> None:
    done = promtool("check", "config", MONITORING / "prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_that_alerts_fire_when_they_must_and_only_then(promtool: Promtool, path: Path) -> None:
    done = promtool("test", "rules", path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_that_an_alert_with_another_limit_fails_its_test(promtool: Promtool, tmp_path: Path) -> None:
    for folder in ("rules", "tests"):
        (tmp_path / folder).mkdir()
    for path in RULES:
        text = path.read_text("utf-8").replace(
            "welltegra_last_judged_age_seconds > 60", "welltegra_last_judged_age_seconds > 1e6"
        )
        (tmp_path / "rules" / path.name).write_text(text, "utf-8")
    # Its own tests alone: all of them take promtool a while.
    content = yaml.safe_load((MONITORING / "tests" / "alerts.yml").read_text("utf-8"))
    content["tests"] = [test for test in content["tests"] if "WellTegraSamplesOld" in str(test)]
    assert content["tests"]
    (tmp_path / "tests" / "alerts.yml").write_text(yaml.safe_dump(content), "utf-8")
    done = promtool("test", "rules", tmp_path / "tests" / "alerts.yml")
    assert done.returncode != 0
    assert "WellTegraSamplesOld" in done.stdout + done.stderr
