from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from connectors.errors import FileFaults
from welltegra.ingest.config import opcua_of
from welltegra.settings.model import OpcuaSettings


def test_that_the_section_is_what_the_connector_takes(tmp_path: Path) -> None:
    path = tmp_path / "tags.yaml"
    path.write_text("tags: [{node: ns=1;i=1, well: W, tag: a}]\n", encoding="utf-8")
    settings = OpcuaSettings(
        endpoint="opc.tcp://a:1",
        tags=str(path),
        username="u",
        password=SecretStr("secret"),
        publishing_interval_ms=100,
        queue=30,
        deadline_s=3,
        history=False,
        keep_minutes=5,
        keep_mb=64,
    )
    found = opcua_of(settings)
    assert [tag.tag for tag in found.tags.tags] == ["a"]
    for name in OpcuaSettings.model_fields:
        if name not in ("tags", "password"):
            assert getattr(found, name) == getattr(settings, name), name
    assert found.password == "secret"


def test_that_what_must_be_given_is_told_at_once() -> None:
    with pytest.raises(FileFaults) as caught:
        opcua_of(OpcuaSettings())
    assert [str(fault) for fault in caught.value.faults] == [
        "settings: opcua.endpoint must be given; was empty. Set it in [opcua], or as WELLTEGRA_OPCUA__ENDPOINT.",
        "settings: opcua.tags must be given; was empty. Set it in [opcua], or as WELLTEGRA_OPCUA__TAGS.",
    ]
