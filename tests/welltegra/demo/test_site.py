"""The demo's folder: files that our own commands take, and one demo at a time."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from connectors.errors import FileFaults
from connectors.opcua.tag_map import load_tag_map
from connectors.rule_files.source import load_rule_sets
from welltegra.demo.site import HOST, RIG_PORT, Site, alone, free_ports
from welltegra.ingest.config import opcua_of
from welltegra.settings.model import load_settings
from welltegra.simulator.rig.tags import TAGS


@pytest.fixture
def site(tmp_path: Path) -> Site:
    found = Site(tmp_path / "demo", ["W-1", "W-2"])
    found.folder.mkdir()
    return found


def test_that_its_files_are_taken_by_those_who_read_them(site: Site) -> None:
    settings = site.settings("127.0.0.1:9", 'postgresql://u:p"\\@127.0.0.1:8/welltegra')
    site.write(settings)
    rule_sets = load_rule_sets(site.rules)
    assert [rules.well_id for rules in rule_sets] == ["W-1", "W-2"]
    assert all(len(rules.constraints) == 4 for rules in rule_sets)
    tags = load_tag_map(site.folder / "tags.yaml").tags
    assert [(tag.well, tag.tag) for tag in tags] == [(well, tag.name) for well in ("W-1", "W-2") for tag in TAGS]
    file = site.folder / "welltegra.toml"
    assert load_settings(file, {}, site.folder) == settings
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, "it holds a password"
    assert opcua_of(settings.opcua).endpoint == site.endpoint


def test_that_the_state_of_the_last_time_goes_with_its_topics(site: Site) -> None:
    (site.folder / "recovery").mkdir()
    (site.folder / "postgres").mkdir()
    site.write(site.settings("127.0.0.1:9", "postgresql://127.0.0.1/x"))
    assert not (site.folder / "recovery").exists()
    assert (site.folder / "postgres").exists()


def test_that_a_port_that_is_taken_is_gone_past() -> None:
    wanted = free_ports().rig
    with socket.create_server((HOST, wanted)):
        assert free_ports().rig > wanted >= RIG_PORT


def test_that_one_demo_at_a_time_uses_a_folder(tmp_path: Path) -> None:
    with (
        alone(tmp_path / "demo"),
        pytest.raises(FileFaults, match="one demo at a time must use the folder"),
        alone(tmp_path / "demo"),
    ):
        pass
    with alone(tmp_path / "demo"):
        pass


def test_that_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileFaults, match="must be one that we can write to"), alone(tmp_path / "file" / "demo"):
        pass
