from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.errors import FileFaults
from welltegra.serving.checks import check, origin_of
from welltegra.settings.model import AuthSettings, Settings, WebSettings

PROVIDER = {"issuer": "https://id.example", "client_id": "welltegra"}


def said(web: dict[str, Any] | None = None, auth: dict[str, Any] | None = None, **more: Any) -> list[str]:
    try:
        check(Settings(web=WebSettings(**(web or {})), auth=AuthSettings(**(auth or {})), **more))
    except FileFaults as error:
        return [fault.must for fault in error.faults]
    return []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_that_on_loopback_nothing_needs_to_be_set(host: str) -> None:
    assert said({"host": host}) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "wells.example"])
def test_that_elsewhere_somebody_must_prove_who_people_are_and_all_must_be_encrypted(host: str) -> None:
    assert len(said({"host": host})) == 2
    assert len(said({"host": host}, PROVIDER)) == 1
    assert said({"host": host, "public_url": "https://wells.example"}, PROVIDER) == []
    assert said({"host": host, "public_url": "https://wells.example"}, {"api_keys_only": True}) == []
    assert len(said({"host": host, "public_url": "http://wells.example"}, PROVIDER)) == 1


@pytest.mark.parametrize(
    "auth",
    [
        {"issuer": "http://id.example", "client_id": "x"},
        {"issuer": "https://id.example"},
        {**PROVIDER, "scopes": "profile"},
        {**PROVIDER, "algorithms": ["HS256"]},
        {**PROVIDER, "algorithms": ["none"]},
        {**PROVIDER, "algorithms": []},
    ],
    ids=str,
)
def test_that_a_provider_that_could_not_be_believed_is_refused(auth: dict[str, Any]) -> None:
    assert len(said(auth=auth)) == 1


def test_that_all_faults_come_at_once(tmp_path: Path) -> None:
    web = {"tls_certificate": "x.pem", "client_ca": "y.pem", "allow": ["z"], "host": "0.0.0.0"}
    assert len(said(web, {"algorithms": []}, projects={"kern": tmp_path})) == 6


def test_that_the_origin_is_what_browsers_see() -> None:
    assert origin_of(WebSettings(), 8080) == "http://127.0.0.1:8080"
    assert origin_of(WebSettings(host="::1"), 80) == "http://[::1]:80"
    assert origin_of(WebSettings(public_url="https://Wells.example"), 8080) == "https://wells.example"
