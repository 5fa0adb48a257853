"""Where the settings come from, and who can read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from welltegra.doctor.result import State
from welltegra.doctor.settings_file import look
from welltegra.settings.model import Settings
from welltegra.settings.sources import load


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_that_no_file_means_the_defaults(tmp_path: Path) -> None:
    environ = {"WELLTEGRA_SITE__NAME": "x", "WELLTEGRA_STRICT": "1", "HOME": "/"}
    (result,) = look(load(Settings, None, environ), None, environ)
    assert result.state is State.OK
    assert result.found == f"no welltegra.toml in {tmp_path}: the defaults hold, and 1 of the environment over it."


def test_that_the_file_is_named_wherever_it_was_found(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("[site]\nname = 'x'\n")
    environ = {"WELLTEGRA_CONFIG": "other.toml"}
    (by_variable,) = look(load(Settings, None, environ), None, environ)
    (by_option,) = look(load(Settings, Path("other.toml"), {}), Path("other.toml"), {})
    assert by_variable.found == by_option.found == f"{tmp_path / 'other.toml'}."


def test_that_a_file_with_secrets_that_everybody_can_read_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "welltegra.toml"
    file.write_text("[postgres]\ndsn = 'postgresql://u:hush-hush@h/d'\n")
    file.chmod(0o644)
    (result,) = look(load(Settings, None, {}), None, {})
    assert (result.state, result.remedy) == (State.WARNING, "Run: chmod 640 welltegra.toml")
    assert "it holds postgres.dsn;" in result.found
    assert "hush" not in result.found
    file.chmod(0o640)
    (result,) = look(load(Settings, None, {}), None, {})
    assert result.state is State.OK
