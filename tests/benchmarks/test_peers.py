"""scripts/peers.sh: an environment of its own for peers, or one sentence; uv is played."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.test_layers import REPO

UV = """#!/bin/sh
echo "$@" >>calls
case $1 in
    venv) mkdir -p .venv-peers/bin && : >.venv-peers/bin/python && chmod +x .venv-peers/bin/python ;;
    pip) cat said >&2; exit "$(cat code)" ;;
esac
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return a copy of what the script needs, with a uv that says and ends as two files tell it."""
    for name in ("scripts/peers.sh", "requirements/peers.txt"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(REPO / name, tmp_path / name)
    uv = tmp_path / ".venv" / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    uv.write_text(UV, encoding="utf-8")
    uv.chmod(0o755)
    (tmp_path / "said").touch()
    (tmp_path / "code").write_text("0", encoding="utf-8")
    return tmp_path


def peers(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", house / "scripts" / "peers.sh"], cwd="/", capture_output=True, text=True, check=False, timeout=60
    )


def test_that_a_second_run_does_and_says_nothing(house: Path) -> None:
    assert peers(house).returncode == 0
    calls = (house / "calls").read_text(encoding="utf-8")
    assert "--require-hashes requirements/peers.txt" in calls
    again = peers(house)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert (house / "calls").read_text(encoding="utf-8") == calls


def test_that_a_change_of_the_lock_makes_it_anew(house: Path) -> None:
    peers(house)
    with (house / "requirements" / "peers.txt").open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")
    assert "is ready" in peers(house).stdout


@pytest.mark.parametrize(
    ("uv_says", "code", "sentence"),
    [
        ("error: Connection refused (os error 111): error sending request", 3, "registry must be reachable"),
        ("error: operation timed out", 3, "registry must be reachable"),
        ("error: Hash mismatch for `orjson==3.13.0`", 1, "find out who changed it"),
        ("error: no wheel for this platform", 1, "no wheel for this platform. Mend that"),
    ],
)
def test_that_what_uv_says_becomes_one_sentence(house: Path, uv_says: str, code: int, sentence: str) -> None:
    (house / "said").write_text(f"{uv_says}\n", encoding="utf-8")
    (house / "code").write_text("2", encoding="utf-8")
    done = peers(house)
    assert done.returncode == code
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (house / ".venv-peers").exists(), "nothing half-made is left"


def test_that_without_uv_it_says_what_to_run_first(house: Path) -> None:
    (house / ".venv" / "bin" / "uv").unlink()
    done = peers(house)
    assert (done.returncode, done.stderr) == (1, "peers: uv must be in .venv; it is not. Run make setup.\n")
