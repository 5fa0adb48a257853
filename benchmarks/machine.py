"""What it was measured on."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("bytewax", "numpy", "numba", "msgspec", "pyarrow", "pydantic", "confluent-kafka")


def machine() -> dict[str, str | int | float]:
    """Return the processor, its cores, the memory [GB] and the system."""
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "os": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def versions() -> dict[str, str]:
    """Return the version of Python and of what the flow runs on."""
    return {"python": sys.version.split()[0], **{name: version(name) for name in PACKAGES}}


def load() -> float:
    """Return how many processes wanted a core over the last minute; what is above our own disturbs the numbers."""
    return round(os.getloadavg()[0], 2)


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
