from __future__ import annotations

import pytest

from connectors.errors import FileFaults
from connectors.opcua.config import OpcUa
from tests.connectors.opcua.server import tag_map

TAGS = tag_map("W/a")


@pytest.mark.parametrize("endpoint", ["opc.tcp://10.0.0.7:4840", "opc.tcp://rig.example:4840/a/b", "opc.tcp://[::1]:1"])
def test_that_an_endpoint_is_taken_with_and_without_a_path(endpoint: str) -> None:
    assert OpcUa(endpoint, TAGS).endpoint == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "127.0.0.1:4840",
        "http://a:1",
        "opc.tcp://a",
        "opc.tcp://:4840",
        "opc.tcp://a:b",
        "opc.tcp://a:99999",
        f"opc.tcp://{'a' * 64}:1",
        "opc.tcp://a..b:1",
        "opc.tcp://[::1:1",
    ],
)
def test_that_what_is_no_endpoint_is_told(endpoint: str) -> None:
    with pytest.raises(FileFaults, match=r"opcua\.endpoint must be opc\.tcp://host:port"):
        OpcUa(endpoint, TAGS)


def test_that_a_password_stays_out_of_the_endpoint_and_of_every_sentence() -> None:
    with pytest.raises(FileFaults, match=r"Set opcua\.username and opcua\.password") as caught:
        OpcUa("opc.tcp://user:secret@a:1", TAGS)
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(OpcUa("opc.tcp://a:1", TAGS, "user", "secret"))


def test_that_all_faults_are_told_at_once() -> None:
    with pytest.raises(FileFaults) as caught:
        OpcUa("a", TAGS, password="secret", publishing_interval_ms=1_000, deadline_s=1)
    assert len(caught.value.faults) == 3
    assert "opcua.deadline_s must be 2.5 s or more with a publishing interval of 1000 ms; was 1 s" in str(caught.value)
