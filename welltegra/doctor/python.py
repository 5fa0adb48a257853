"""What the programs run on: Python, the compiled kernel, memory and cores."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from welltegra.doctor.result import Result, ok, warning, wrong

PYTHON: Final = "python"
KERNEL: Final = "kernel cache"
MACHINE: Final = "memory and cores"

_SUPPORTED: Final = ((3, 11), (3, 12))
# docs/benchmarks.md: a process with 500,000 tags has 487 MB at most, and its spare what stands in the table up to the
# rules, 314 MB; the supervisor and the recorder are Python with its imports, 160 MB each. Further processes share the
# tags, and bring what a process has without any, for themselves and their spare.
_FOR_ONE_MB: Final = 487 + 314 + 2 * 160
_FOR_EACH_MORE_MB: Final = 2 * 219
_MB: Final = 1_000_000


def look_at_python(
    version: tuple[int, int, int] = sys.version_info[:3], system: str = sys.platform
) -> Iterator[Result]:
    """Yield whether this Python is one that we run on."""
    said = ".".join(map(str, version))
    if version[:2] not in _SUPPORTED:
        remedy = "Install Python 3.12, and WellTegra anew in an environment of it: make setup PYTHON=python3.12"
        yield wrong(PYTHON, f"must be 3.11 or 3.12; is {said}.", remedy)
    elif system != "linux":
        remedy = "Try things out here; run a site on Linux."
        yield warning(PYTHON, f"must be on Linux, where it is tested; is {said} on {system}.", remedy)
    else:
        yield ok(PYTHON, f"{said} on {platform.system()} {platform.machine()}.")


def look_at_kernel(environ: Mapping[str, str] = os.environ) -> Iterator[Result]:
    """Yield whether the compiled kernel is kept between two starts. Its folder is named by its sources: is current."""
    folder = Path(environ["NUMBA_CACHE_DIR"])
    if environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}:
        found = (
            f"NUMBA_DISABLE_JIT must not be set; is {environ['NUMBA_DISABLE_JIT']!r}: judging is some 100 times slower."
        )
        yield wrong(KERNEL, found, "Unset it.")
    elif folder.parent.parent == Path(tempfile.gettempdir()) and folder.parent.name.startswith("welltegra-"):
        # A folder of this process alone, chosen because the right one cannot be written to.
        found = "the folder of the compiled kernel must be writable; is not, so each start compiles it anew."
        yield warning(
            KERNEL, found, "Open ~/.cache/welltegra to this user, or set XDG_CACHE_HOME to a folder of its own."
        )
    elif any(folder.rglob("*.nbi")):
        yield ok(KERNEL, f"compiled, in {folder}.")
    else:
        yield ok(KERNEL, f"{folder} is writable; the first start compiles the kernel into it.")


def look_at_machine(processes: int = 1, root: Path = Path("/")) -> Iterator[Result]:
    """Yield whether there is memory and cores for 500,000 tags. root: where the kernel's own files begin."""
    needed_mb = _FOR_ONE_MB + _FOR_EACH_MORE_MB * (processes - 1)
    memory_mb, cores = memory_bytes(root) / _MB, core_count(root)
    has = f"{memory_mb:,.0f} MB and {cores:g} {'core' if cores == 1 else 'cores'}"
    is_fine = True
    if memory_mb < needed_mb:
        is_fine = False
        must = f"500,000 tags must have {needed_mb:,} MB ({processes} {'process' if processes == 1 else 'processes'})"
        yield warning(
            MACHINE, f"{must}; there are {has}.", "Give the machine or the container more, or judge fewer tags."
        )
    if cores < processes + 1:
        is_fine = False
        must = f"each process of the flow must have a core, and the rest one: {processes + 1}"
        yield warning(
            MACHINE, f"{must}; there are {has}.", "Give the machine or the container more, or run fewer processes."
        )
    if is_fine:
        yield ok(MACHINE, f"{has}; 500,000 tags need {needed_mb:,} MB.")


def memory_bytes(root: Path = Path("/")) -> int:
    """Return the memory that we may use: the machine's, or the container's where that is less."""
    for line in (root / "proc/meminfo").read_text("ascii").splitlines():
        if line.startswith("MemTotal:"):
            machine = int(line.split()[1]) * 1024
            break
    else:
        machine = sys.maxsize
    limits = [_text(root / "sys/fs/cgroup" / name) for name in ("memory.max", "memory/memory.limit_in_bytes")]
    return min([machine, *(int(limit) for limit in limits if limit.isdigit())])


def core_count(root: Path = Path("/")) -> float:
    """Return the cores that we may use: those of the machine, or the share that the container has of them."""
    cores = float(len(os.sched_getaffinity(0)))
    quota, _, period = _text(root / "sys/fs/cgroup/cpu.max").partition(" ")
    return min(cores, int(quota) / int(period)) if quota.isdigit() and period.isdigit() else cores


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except OSError:
        return ""
