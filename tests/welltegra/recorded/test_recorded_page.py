"""docs/recorded-telemetry.md: each command on the page gives what stands under it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from welltegra.cli import run

pytestmark = pytest.mark.realdata

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "recorded-telemetry.md"
BLOCKS = re.findall(
    r"^```console\n\$ welltegra (.*?[^\\])\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
)


def test_that_the_page_has_its_commands() -> None:
    assert len(BLOCKS) == PAGE.read_text("utf-8").count("$ welltegra ") == 6


@pytest.mark.parametrize(("command", "output"), BLOCKS, ids=[Path(command.split()[-1]).stem for command, _ in BLOCKS])
def test_that_each_command_prints_what_stands_under_it(
    command: str,
    output: str,
    shared_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    monkeypatch.chdir(tmp_path)
    arguments: list[str] = []
    for argument in shlex.split(command.replace("\\\n", " ")):
        if argument.startswith("$LOGS/"):
            logs = shared_data / "volve_witsml" / "logs"
            arguments += sorted(str(path) for path in logs.glob(argument.removeprefix("$LOGS/")))
        else:
            arguments.append(argument)
    assert run(arguments) == 0
    assert _lines(capsys.readouterr().out) == _lines(output)


def test_that_every_file_that_the_page_names_is_there() -> None:
    text = PAGE.read_text("utf-8")
    named = {PAGE.parent / target for target in re.findall(r"\]\((\S+?)\)", text)}
    named |= {ROOT / path for path in re.findall(r"docs/examples/\S+\.yaml", text)}
    assert [path for path in named if not path.is_file()] == []
    assert {path.name for path in (ROOT / "docs" / "images").glob("recorded-*")} <= {path.name for path in named}


def _lines(text: str) -> list[str]:
    """Return the lines without the blanks at their ends; on the page, empty ones are left out as it suits."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]
