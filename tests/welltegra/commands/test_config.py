from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from pydantic import Field, SecretStr

from connectors.errors import FileFaults
from tests.test_layers import REPO
from welltegra.commands.config import as_toml, as_tree, config
from welltegra.invocation import Invocation
from welltegra.settings.model import Section
from welltegra.settings.sources import load

FILE = '[replay]\nbatch = 50_000\n\n[log]\nlevel = "info"\n'


@click.group()
@click.option("--config", "path", type=click.Path(path_type=Path))
@click.pass_context
def cli(context: click.Context, path: Path | None) -> None:
    context.obj = Invocation(path)


cli.add_command(config)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.upper().startswith("WELLTEGRA_")]:
        monkeypatch.delenv(name)
    return tmp_path


def run(*arguments: str, environ: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, env=environ, catch_exceptions=False)


def test_that_every_setting_is_shown_with_its_origin_as_on_the_page(folder: Path) -> None:
    page = (REPO / "docs" / "configuration.md").read_text(encoding="utf-8")
    file, shown = (page.partition(f"```{kind}\n")[2].partition("```")[0] for kind in ("toml", "console"))
    (folder / "welltegra.toml").write_text(file)
    result = run("config", "show", environ={"WELLTEGRA_DAY__SPEED": "60"})
    assert result.output == shown.partition("\n")[2]
    assert result.exit_code == 0


def test_that_what_is_shown_is_toml_that_means_the_same(folder: Path) -> None:
    (folder / "welltegra.toml").write_text(FILE)
    output = run("config", "show", environ={"WELLTEGRA_DAY__FOLDER": 'a "quoted"\tday'}).output
    again = folder / "again.toml"
    again.write_text(output, encoding="utf-8")
    assert load(type(Invocation().settings()), again, {}).settings.day.folder == Path('a "quoted"\tday')
    assert tomllib.loads(output)["replay"] == {"batch": 50_000, "max_faults_shown": 20}


def test_that_programs_get_json(folder: Path) -> None:
    (folder / "welltegra.toml").write_text(FILE)
    shown = json.loads(run("config", "show", "--json").output)
    assert shown["settings"]["replay"] == {"batch": 50_000, "max_faults_shown": 20}
    assert shown["origins"]["replay.batch"] == "welltegra.toml"
    assert shown["origins"]["day.seed"] == "default"


@pytest.mark.parametrize(
    "arguments", [("--config", "my.toml", "config", "show"), ("config", "show", "--config", "my.toml")]
)
def test_that_the_file_may_be_named_before_the_command_or_behind_it(folder: Path, arguments: tuple[str, ...]) -> None:
    (folder / "my.toml").write_text(FILE)
    assert "batch = 50000  # my.toml" in run(*arguments).output


def test_that_the_command_needs_no_group_around_it() -> None:
    assert "seed = 7  # default" in CliRunner().invoke(config, ["show"], catch_exceptions=False).output


def test_that_faults_are_raised_for_the_command_line_to_print(folder: Path) -> None:
    (folder / "welltegra.toml").write_text("[replay]\nbatch = 0\nbathc = 1\n")
    with pytest.raises(FileFaults) as raised:
        run("config", "show")
    assert [fault.line for fault in raised.value.faults] == [2, 3]


def test_that_help_reads_no_settings(folder: Path) -> None:
    (folder / "welltegra.toml").write_text("not TOML")
    assert run("config", "show", "--help").exit_code == 0


def test_that_settings_are_read_once_in_one_call(folder: Path) -> None:
    invocation = Invocation()
    first = invocation.settings()
    (folder / "welltegra.toml").write_text(FILE)
    assert invocation.settings() is first


class Sign(Section):
    user: str = "rig"
    password: SecretStr | None = None


class Broker(Section):
    name: str = "b"
    sign: Sign = Sign(password=SecretStr("hunter2"))
    tokens: list[SecretStr] = Field(default=[SecretStr("hunter2")])
    doors: dict[str, Sign] = Field(default={"A 12": Sign(password=SecretStr("hunter2"))})
    more: Sign | None = None


class Plant(Section):
    broker: Broker = Broker()
    api_key: SecretStr = Field(default=SecretStr("hunter2"))


def test_that_secrets_are_masked_in_sections_lists_and_tables_and_what_is_unset_is_a_comment(folder: Path) -> None:
    loaded = load(Plant, None, {"WELLTEGRA_API_KEY": "hunter2"}, folder)
    assert list(as_toml(loaded)) == [
        'api_key = "********"  # WELLTEGRA_API_KEY',
        "",
        "[broker]",
        'name = "b"  # default',
        'tokens = ["********"]  # default',
        'doors = {"A 12" = {user = "rig", password = "********"}}  # default',
        "",
        "[broker.sign]",
        'user = "rig"  # default',
        'password = "********"  # default',
        "",
        "[broker.more]",
        "# user is not set  # default",
        "# password is not set  # default",
    ]
    assert "hunter2" not in json.dumps(as_tree(loaded))
