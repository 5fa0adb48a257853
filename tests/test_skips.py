"""What a skip means: let through in daily work, a failure where everything must be there, and NOT PROVEN said aloud."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.test_layers import REPO

TESTS = """
import pytest

def test_that_lacks_a_part():
    pytest.skip("no broker")

@pytest.mark.realdata
def test_that_needs_the_recorded_data():
    raise AssertionError("ran without it")

def test_that_cannot_be_shown_here():
    pytest.skip("NOT PROVEN: two hosts; there is one")

@pytest.mark.xfail
def test_that_is_known_to_fail():
    raise AssertionError
"""
TEST_THAT_LACKS_A_MODULE = """
import pytest
pytest.importorskip("a_module_that_nobody_has")
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what pytest says of those tests under our conftest, far from the recorded data, by WELLTEGRA_STRICT."""
    house = tmp_path_factory.mktemp("far") / "house"
    (house / "tests").mkdir(parents=True)
    shutil.copy(REPO / "tests" / "conftest.py", house / "tests")
    (house / "pytest.ini").write_text("[pytest]\nmarkers = realdata\n", encoding="utf-8")
    (house / "tests" / "test_parts.py").write_text(TESTS, encoding="utf-8")
    (house / "tests" / "test_module.py").write_text(TEST_THAT_LACKS_A_MODULE, encoding="utf-8")
    return {
        strict: subprocess.run(
            [sys.executable, "-m", "pytest", "--continue-on-collection-errors", "-rA", "tests"],
            cwd=house,
            env={**os.environ, "WELLTEGRA_STRICT": strict, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        ).stdout
        for strict in ("0", "1")
    }


def test_that_a_skip_passes_in_daily_work(runs: dict[str, str]) -> None:
    assert "4 skipped, 1 xfailed" in runs["0"]


@pytest.mark.parametrize(
    "failure",
    [
        "test_that_lacks_a_part: no test may be skipped here; was skipped: no broker. Provide what it needs.",
        "test_that_needs_the_recorded_data: no test may be skipped here; was skipped: the recorded data is not beside",
        "test_module.py: no test may be skipped here; was skipped: could not import 'a_module_that_nobody_has'",
    ],
)
def test_that_a_skip_fails_where_everything_must_be_there(runs: dict[str, str], failure: str) -> None:
    assert failure in runs["1"]


def test_that_only_not_proven_and_known_failures_are_let_through_there(runs: dict[str, str]) -> None:
    assert "1 failed, 1 skipped, 1 xfailed, 2 errors" in runs["1"]


@pytest.mark.parametrize("strict", ["0", "1"])
def test_that_not_proven_is_said(runs: dict[str, str], strict: str) -> None:
    said = "NOT PROVEN: two hosts; there is one (tests/test_parts.py::test_that_cannot_be_shown_here)"
    assert said in runs[strict].splitlines()
