from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.parts.dealing import dealt
from tests.test_layers import REPO

SOAK, FAULT, LIVE = "tests/system/test_soak.py::a", "tests/system/test_faults.py::a", "tests/system/test_live.py::a"


@dataclass(frozen=True)
class Test:
    __test__ = False
    nodeid: str


def names(*, short: int, long: tuple[str, ...]) -> list[Test]:
    return [Test(name) for name in (*(f"tests/rules/test_{number:02d}.py::a" for number in range(short)), *long)]


@pytest.mark.parametrize("short", [0, 1, 2, 9, 10, 11])
@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_that_each_test_is_dealt_once(workers: int, short: int) -> None:
    tests = names(short=short, long=(FAULT, LIVE, SOAK))
    assert sorted(test.nodeid for test in dealt(tests, workers)) == sorted(test.nodeid for test in tests)


def test_that_each_worker_begins_with_one_of_the_longest_and_the_very_longest_is_first() -> None:
    order = [test.nodeid for test in dealt(names(short=9, long=(FAULT, LIVE, SOAK)), 3)]
    assert [order[0], order[4], order[8]] == [SOAK, FAULT, LIVE]


def test_that_make_looks_for_uncompiled_kernel_tests_in_every_folder_that_has_some() -> None:
    (line,) = (line for line in (REPO / "Makefile").read_text("utf-8").splitlines() if "NUMBA_DISABLE_JIT=1" in line)
    asked = line.rpartition('"kernel"')[2].split()
    tests = (path for path in (REPO / "tests").rglob("test_*.py") if path != Path(__file__))
    marked = [path.relative_to(REPO) for path in tests if "mark.kernel" in path.read_text("utf-8")]
    assert len(marked) > 3
    assert [path for path in marked if not any(path.is_relative_to(folder) for folder in asked)] == []


def test_that_the_others_stay_in_their_order() -> None:
    order = dealt(names(short=9, long=(FAULT, SOAK)), 2)
    assert [test for test in order if "rules" in test.nodeid] == names(short=9, long=())
