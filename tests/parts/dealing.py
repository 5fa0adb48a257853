"""In which order tests run: each of several workers begins with some of the longest, so that none waits at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import pytest

# They take up to minutes; the longest first.
LONGEST = ("tests/system/test_soak.py", "tests/system/test_node_opcua.py", "tests/system/")


class Named(Protocol):
    @property
    def nodeid(self) -> str: ...


Test = TypeVar("Test", bound=Named)


# Last, because only then those that are not asked for are gone.
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items[:] = dealt(items, int(getattr(config, "workerinput", {}).get("workercount", 1)))


def dealt(tests: Sequence[Test], workers: int) -> list[Test]:
    """Return the tests so that each worker begins with some of the longest.

    `--dist worksteal` deals in runs: the first worker gets the first of as many equal parts as there are workers. It
    steals from the end of a run, so what waits behind a long test is taken over and what stands before it is not.
    """
    longest = sorted((test for test in tests if _rank(test) < len(LONGEST)), key=_rank)
    others = [test for test in tests if _rank(test) == len(LONGEST)]
    order: list[Test] = []
    for worker in range(workers):
        first = longest[worker::workers]
        size = (len(tests) - len(order)) // (workers - worker)
        more = max(size - len(first), 0)
        order += first + others[:more]
        del others[:more]
    return order + others


def _rank(test: Named) -> int:
    return next((rank for rank, prefix in enumerate(LONGEST) if test.nodeid.startswith(prefix)), len(LONGEST))
