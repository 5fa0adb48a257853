"""Where an embedded PostgreSQL may keep its data: a folder that it can reach, and that is ours alone to write."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

from connectors.errors import Fault, FileFaults

# What is there outlives a restart of the machine; the folder in it must be ours.
_OPEN: Final = Path("/var/tmp")  # noqa: S108  # see above
_EVERYBODY_PASSES: Final = 0o001


def reachable(folder: Path, name: str) -> Path:
    """Return `folder`, or one of /var/tmp where `nobody`, who runs PostgreSQL for root, cannot get to it."""
    there = [path for path in folder.parents if path.exists()]
    if os.geteuid() != 0 or all(path.stat().st_mode & _EVERYBODY_PASSES for path in there):
        return folder
    return _OPEN / f"{name}-{hashlib.sha256(bytes(folder)).hexdigest()[:12]}"


def own(folder: Path, setting: str) -> Path:
    """Return a folder that is ours alone to write, made if need be. setting: which names it.

    Raises:
        FileFaults: Somebody made one of that name before us.
    """
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        must, remedy = (
            "the embedded database must be in a folder of our own",
            f"Remove it, or set {setting} to another.",
        )
        raise FileFaults([Fault(str(folder), None, must, "somebody else's", remedy)])
    return folder
