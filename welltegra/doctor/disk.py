"""Whether the recovery folder lies where the state of the flow can be kept: room, locks, a disk that stays."""

from __future__ import annotations

import errno
import fcntl
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from welltegra.doctor.result import Result, ok, warning, wrong

NAME: Final = "recovery folder"

# docs/benchmarks.md: a snapshot of 500,000 tags has 20 MB; the old and the new are there together, and copied whole.
_LEAST_FREE: Final = 100_000_000
_WARN_BELOW: Final = 1_000_000_000
_WARN_BELOW_SHARE: Final = 0.05
_IN_MEMORY: Final = {"tmpfs", "ramfs"}
_OVER_NETWORK: Final = {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"}
_MOUNTS: Final = Path("/proc/self/mountinfo")
_REMEDY: Final = "Set constraints.recovery to a folder on a local disk."


def look(folder: Path, mounts: Path = _MOUNTS) -> Iterator[Result]:
    """Yield whether the flow can keep its state in `folder`, or in the folder that it would make there."""
    place = _nearest(folder.absolute())
    if not place.is_dir():
        found = f"{folder}: must be a folder; {place} is none."
        yield wrong(NAME, found, "Move the file away, or set constraints.recovery to another.")
        return
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".welltegra-doctor-") as file:
            unlocked = _why_no_lock(file, Path(file.name))
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            found, remedy = f"{place}: the disk must have room; is full.", "Free some room on it."
        else:
            found = f"{place}: must be one that we can write to; is not ({error.strerror})."
            remedy = "Change its owner, or set constraints.recovery to another."
        yield wrong(NAME, found, remedy)
        return
    kind = filesystem_of(place, mounts)
    faults = [*_kind_faults(place, kind, unlocked), *_room_faults(place)]
    yield from faults
    if not faults:
        made = "" if place == folder.absolute() else " (the flow makes it)"
        free = shutil.disk_usage(place).free
        yield ok(NAME, f"{folder.absolute()}{made}: writable, locks hold, {free / 1e9:,.1f} GB free on {kind}.")


def _kind_faults(place: Path, kind: str, unlocked: str) -> Iterator[Result]:
    if unlocked:
        found = f"{place}: locks (flock) must hold, or two flows write at once; do not on {kind} ({unlocked})."
        yield wrong(NAME, found, _REMEDY)
    elif kind in _OVER_NETWORK:
        found = f"{place}: locks must hold between machines, too; on {kind} this machine alone cannot tell."
        yield warning(NAME, found, "Use NFS 4 with locking on, or a local disk if all processes are on this machine.")
    if kind in _IN_MEMORY:
        found = f"{place}: must be on a disk that outlives the machine's next start; is in memory ({kind})."
        yield wrong(NAME, found, _REMEDY)


def _room_faults(place: Path) -> Iterator[Result]:
    total, _, free = shutil.disk_usage(place)
    has = f"{free / 1e6:,.0f} MB of {total / 1e6:,.0f}"
    remedy = "Free some room, or set constraints.recovery to a folder on another disk."
    if free < _LEAST_FREE:
        found = f"{place}: the disk must have {_LEAST_FREE / 1e6:,.0f} MB free for the state; has {has}."
        yield wrong(NAME, found, remedy)
    elif free < _WARN_BELOW or free < _WARN_BELOW_SHARE * total:
        found = f"{place}: the disk must not be nearly full; has {has} free."
        yield warning(NAME, found, remedy)


def filesystem_of(place: Path, mounts: Path = _MOUNTS) -> str:
    """Return the kind of file system that a folder is on, by the kernel's name; 'an unknown file system' if untold."""
    resolved, found = place.resolve(), (-1, "an unknown file system")
    try:
        lines = mounts.read_text("utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return found[1]
    for line in lines:
        before, _, after = line.partition(" - ")
        # Blanks in it are written as \040.
        point = Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), before.split()[4]))
        # Of two mounts on one folder the later is seen.
        if resolved.is_relative_to(point) and len(point.parts) >= found[0]:
            found = (len(point.parts), after.split()[0])
    return found[1]


def _nearest(folder: Path) -> Path:
    """Return the folder, or the nearest above it that is there."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _why_no_lock(file: IO[bytes], path: Path) -> str:
    """Return why a lock on an open file does not keep another out; empty if it does."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with path.open("rb") as other:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return ""
    except OSError as error:
        return error.strerror or repr(error)
    return "two have it at once"
