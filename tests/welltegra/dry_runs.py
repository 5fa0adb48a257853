"""A small dry run, as files: what tests of the command line run on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tests.test_layers import REPO

RULES = """\
well: W-1
tags:
  pump_rate: {unit: spm, range: [0, 300], period: 1}
constraints:
  - id: pump-rate
    tag: pump_rate
    limit: {high: 120, unit: spm}
    on_yellow: [notify]
    on_red: [notify, throttle_pump]
"""
# Red in its third second, cleared in its fourteenth.
CYCLE = (100.0, 100.0, 130.0, *(100.0,) * 12)
ALERTS_A_CYCLE, VIOLATIONS_A_CYCLE = 2, 1


def write_inputs(folder: Path, cycles: int = 4) -> Path:
    """Write rules.yaml and samples.csv, .parquet and .ndjson into a folder, and return it."""
    (folder / "rules.yaml").write_text(RULES)
    values = CYCLE * cycles
    times = [f"2026-01-01T{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}Z" for at in range(len(values))]
    frame = pl.DataFrame({"well_id": "W-1", "tag": "pump_rate", "time": times, "value": values, "unit": "spm"})
    frame.write_csv(folder / "samples.csv")
    frame.with_columns(pl.col("time").str.to_datetime(time_zone="UTC")).write_parquet(folder / "samples.parquet")
    scans = [
        {"well_id": "W-1", "time": time, "values": {"pump_rate": value}, "units": {"pump_rate": "spm"}}
        for time, value in zip(times, values, strict=True)
    ]
    (folder / "samples.ndjson").write_text("".join(json.dumps(scan) + "\n" for scan in scans))
    return folder


def arguments(
    *more: str, samples: str = "samples.csv", alerts: str = "a.ndjson", violations: str = "v.ndjson"
) -> list[str]:
    """Return the arguments of a replay of the inputs, in their folder."""
    files = ["--rules", "rules.yaml", "--samples", samples, "--alerts", alerts, "--violations", violations]
    return ["replay", *files, *more]


def start(command: Sequence[str], folder: Path, stdout: int = subprocess.PIPE) -> subprocess.Popen[str]:
    """Start the command line as a process of its own in a folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "welltegra.cli", *command],
        cwd=folder,
        env=environ(),
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def environ(**more: str) -> dict[str, str]:
    """Return the environment of such a process: ours, without settings."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("WELLTEGRA_")}
    return ours | {"PYTHONPATH": str(REPO)} | more


def whole_lines(path: Path) -> list[str]:
    """Return the lines of a file of records; each must be one."""
    text = path.read_text()
    assert text == "" or text.endswith("\n")
    for line in text.splitlines():
        json.loads(line)
    return text.splitlines()
