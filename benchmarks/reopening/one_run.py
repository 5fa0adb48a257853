"""One contender, once, in a process of its own: what a first call takes is in the time, imports and input are not.

python -m benchmarks.reopening.one_run polars|pandas FRAME ANSWER
python -m benchmarks.reopening.one_run write FRAME DSN PROFILE_ID
python -m benchmarks.reopening.one_run discover|lasio FOLDER TALLY
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from uuid import UUID

import msgspec
import polars as pl

from benchmarks.memory import peak_mb

_REPO: Final = Path(__file__).resolve().parents[2]


class Failed(Exception):
    """A contender did not come to its end."""


def run(*arguments: str) -> dict[str, Any]:
    """Return what a process of its own says of one run."""
    command = [sys.executable, "-m", "benchmarks.reopening.one_run", *arguments]
    ended = subprocess.run(command, cwd=_REPO, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise Failed(f"{arguments[0]}: must come to its end; ended with:\n{ended.stderr[-3000:]}")
    found: dict[str, Any] = msgspec.json.decode(ended.stdout.splitlines()[-1])
    return found


def with_polars(frame: str, answer: str) -> Mapping[str, Any]:
    """Score, gate and rank as the product does."""
    from benchmarks.reopening.answers import answer_of
    from schemas.profiles import default_profile
    from scoring.rank import rank
    from scoring.scores import score

    targets, profile = pl.read_ipc(frame), default_profile()
    started = perf_counter()
    scored = score(targets, profile)
    del targets
    ranked = rank(scored.targets)
    seconds, most = perf_counter() - started, peak_mb()
    answer_of(ranked).write_parquet(answer)
    return {"seconds": seconds, "peak_mb": most}


def with_pandas(frame: str, answer: str) -> Mapping[str, Any]:
    """Score, gate and rank in pandas."""
    from benchmarks.reopening.answers import COLUMNS, answer_of
    from benchmarks.reopening.in_pandas import as_pandas, ranked
    from schemas.profiles import default_profile

    targets, profile = as_pandas(pl.read_ipc(frame)), default_profile()
    started = perf_counter()
    found = ranked(targets, profile)
    seconds, most = perf_counter() - started, peak_mb()
    answer_of(pl.from_pandas(found[list(COLUMNS)])).write_parquet(answer)
    return {"seconds": seconds, "peak_mb": most}


def write(frame: str, dsn: str, profile_id: str) -> Mapping[str, Any]:
    """Score, gate, rank, explain and write."""
    from benchmarks.reopening.ranking import rank_and_write

    took = rank_and_write(dsn, pl.read_ipc(frame), UUID(profile_id))
    return {"took": took, "peak_mb": peak_mb()}


def discover(folder: str, tally: str) -> Mapping[str, Any]:
    """Search the logs of a project."""
    from benchmarks.reopening import logs

    return {"found": logs.discover(Path(folder), Path(tally))}


def lasio(folder: str, _: str) -> Mapping[str, Any]:
    """Read the logs of a project, and no more."""
    from benchmarks.reopening import logs

    return {"seconds": logs.read_alone(Path(folder))}


_RUNS: Final[Mapping[str, Callable[..., Mapping[str, Any]]]] = {
    "polars": with_polars,
    "pandas": with_pandas,
    "write": write,
    "discover": discover,
    "lasio": lasio,
}


def main() -> None:
    """Do what the command line says, and print what came of it."""
    what, *arguments = sys.argv[1:]
    print(msgspec.json.encode(_RUNS[what](*arguments)).decode())


if __name__ == "__main__":
    main()
