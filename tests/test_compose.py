"""compose.yaml: nothing here runs it; what can be read off it holds."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.test_layers import REPO

TEXT = (REPO / "compose.yaml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]


def test_that_it_says_at_its_top_that_ci_does_not_run_it() -> None:
    assert "CI does not run this file" in "".join(TEXT.splitlines()[:3])


@pytest.mark.parametrize("name", SERVICES)
def test_that_every_image_is_of_one_version(name: str) -> None:
    assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?", SERVICES[name]["image"])


@pytest.mark.parametrize("name", SERVICES)
def test_that_only_this_machine_reaches_it(name: str) -> None:
    service = SERVICES[name]
    if service.get("network_mode") != "host":
        assert service["ports"]
        assert [port for port in service["ports"] if not port.startswith("127.0.0.1:")] == []
    else:
        # On the host's network, the service itself must keep to loopback.
        told = [*service.get("command", []), *service.get("environment", {}).values()]
        assert any("127.0.0.1" in str(word) for word in told)


def test_that_kafka_is_the_version_that_is_tested() -> None:
    version = SERVICES["kafka"]["image"].partition(":")[2]
    assert f"<kafka>{version}</kafka>" in (REPO / "kafka" / "pom.xml").read_text(encoding="utf-8")


def test_that_what_it_keeps_is_named() -> None:
    kept = {volume.partition(":")[0] for service in SERVICES.values() for volume in service["volumes"]}
    assert {name for name in kept if not name.startswith("./")} == set(yaml.safe_load(TEXT)["volumes"])
