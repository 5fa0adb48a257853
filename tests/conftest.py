"""How every test runs: how hard hypothesis tries, where the recorded data lies, and what a skip means."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A plugin is named where pytest starts; the parts that tests need are fixtures of their own files.
pytest_plugins = ["tests.parts.broker", "tests.parts.dealing", "tests.parts.postgres"]

# A shell that starts us in the background has SIGINT ignored, and nohup SIGHUP; programs that we start inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

SHARED_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
NOT_PROVEN = "NOT PROVEN"

# `make check`, `make test` and `make soak`. Compiling a kernel inside a first example is slow, and no failure. A change
# is not refused for what another set of examples would have found in what it did not touch: CI has the same each time.
for _profile, _examples in {"check": 20, "test": 100, "soak": 3000}.items():
    settings.register_profile(
        _profile,
        max_examples=_examples,
        deadline=None,
        derandomize=_profile == "check" or (_profile == "test" and os.environ.get("CI") == "true"),
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of recorded data; a test that asks for it also carries `@pytest.mark.realdata`."""
    if not SHARED_DATA.is_dir():
        pytest.skip(_no_recorded_data())
    return SHARED_DATA


def _no_recorded_data() -> str:
    return f"the recorded data is not beside the repository; lay it in {os.path.relpath(SHARED_DATA)}"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("realdata") and not SHARED_DATA.is_dir():
        pytest.skip(_no_recorded_data())


# A skip. Where everything must be there (WELLTEGRA_STRICT=1, as in .ci/run), a skipped test has failed, unless it says
# NOT PROVEN and why: that nothing on this machine could show it. Those are listed at the end of every run.


def strict() -> bool:
    return os.environ.get("WELLTEGRA_STRICT") == "1"


def fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure, in place; leave NOT PROVEN, and tests expected to fail, as they are."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = skip_reason(report)
    if not reason.startswith(NOT_PROVEN):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: no test may be skipped here; was skipped: {reason}. Provide what it needs."


def skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return reason.removeprefix("Skipped: ")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if strict():
        fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if strict():
        fail_if_skipped(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("skipped"):
        reason = skip_reason(report)
        if reason.startswith(NOT_PROVEN):
            terminalreporter.write_line(f"{reason} ({report.nodeid})", yellow=True)
