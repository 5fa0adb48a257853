"""`welltegra doctor` as it is called: everything good, everything missing, everything silent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.kafka.config import Kafka
from tests.test_layers import REPO
from tests.welltegra.doctor.parts import black_hole, free_port
from welltegra import cli
from welltegra.doctor import checks
from welltegra.settings.model import Settings
from welltegra.settings.sources import load

Output = pytest.CaptureFixture[str]
SECRET = "hush-hush"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return what writes settings of a site, in the working directory."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("WELLTEGRA_"):
            monkeypatch.delenv(name)

    def write(kafka: str, postgres: str, prefix: str = "", opcua: str = "") -> Path:
        file = tmp_path / "welltegra.toml"
        file.write_text(
            f'[kafka]\nbootstrap_servers = "{kafka}"\ntopic_prefix = "{prefix}"\n'
            "[topics]\npartitions = 2\nreplication = 1\n"
            f'[postgres]\ndsn = "{postgres}"\n'
            f'[opcua]\nendpoint = "{opcua}"\nusername = "rig"\npassword = "{SECRET}"\n'
            f"[metrics]\nport = {free_port()}\nrecord_port = 0\n"
        )
        file.chmod(0o600)
        return file

    return write


def nothing(port: int) -> tuple[str, str, str, str]:
    """Return what leads to a port for everything."""
    dsn, endpoint = f"postgresql://u:{SECRET}@127.0.0.1:{port}/d", f"opc.tcp://127.0.0.1:{port}/well"
    return f"127.0.0.1:{port}", dsn, "", endpoint


def test_that_every_result_has_its_place_in_the_order() -> None:
    names = [name for check in checks.checks(load(Settings, None, {}), None, (), 1) for name in check.names]
    assert sorted(names) == sorted(checks._ORDER)
    assert len(set(names)) == len(names)


def test_that_a_site_where_all_is_well_ends_with_0(
    site: Callable[..., Path], kafka: Kafka, postgres: str, capsys: Output
) -> None:
    site(kafka.properties["bootstrap.servers"], postgres, kafka.prefix)
    assert (cli.run(["topics", "create"]), cli.run(["db", "migrate"])) == (0, 0)
    capsys.readouterr()
    assert cli.run(["doctor"]) == 0, capsys.readouterr()
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.splitlines()[-1].startswith("0 wrong, ")
    assert "\x1b" not in said.out


@pytest.mark.slow
def test_that_a_site_without_anything_ends_with_1_and_says_each_thing_once(
    site: Callable[..., Path], capsys: Output
) -> None:
    site(*nothing(free_port()))
    Path("bad.yaml").write_text("well: W-1\n")
    assert cli.run(["doctor", "--json", "bad.yaml"]) == 1
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["ok"] is False
    results = told["results"]
    assert list(dict.fromkeys(each["name"] for each in results)) == list(checks._ORDER)
    wrong = [each for each in results if each["state"] == "wrong"]
    assert {each["name"] for each in wrong} == {"kafka", "postgresql", "opc ua", "rule files"}
    assert all(each["remedy"] for each in wrong)
    assert f"{len(wrong)} things are wrong, named above." in said.err
    assert SECRET not in said.out + said.err


def test_that_a_settings_file_that_cannot_be_read_is_told_as_everywhere(
    site: Callable[..., Path], capsys: Output
) -> None:
    site(*nothing(1)).write_text("[kafka]\nservers = 1\n")
    assert cli.run(["doctor"]) == 2
    assert "welltegra.toml line 2" in capsys.readouterr().err


@pytest.mark.slow
def test_that_black_holes_end_it_and_leave_nothing_running(site: Callable[..., Path], tmp_path: Path) -> None:
    with black_hole() as port:
        site(*nothing(port))
        done = subprocess.run(
            [sys.executable, "-m", "welltegra.cli", "doctor", "--json"], cwd=tmp_path, capture_output=True, text=True,
            env=os.environ | {"PYTHONPATH": str(REPO)}, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1, done.stderr
    results = {each["name"]: each["state"] for each in json.loads(done.stdout)["results"]}
    assert {results[name] for name in ("kafka", "postgresql", "opc ua")} == {"wrong"}
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stdout + done.stderr
