"""Where the compiled kernel is kept: a folder named by what it was compiled from.

numba's cache looks only at the file a function stands in and not at what that file imports, so an edit to one rules
module would leave the others running old code. A folder per state of the sources cannot be out of date.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_KEPT = 4
# Exactly these: others are not ours to remove.
_OURS = "kernel-" + 16 * "[0-9a-f]"
_COMPILED = ("rules/*.py", "schemas/times.py")


def use_kernel_cache() -> Path:
    """Point numba at the folder for the sources as they are, and return it. Call it before the kernel is imported."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _COMPILED for path in _ROOT.glob(pattern)):
        source = path.read_bytes()
        digest.update(f"{path.relative_to(_ROOT)} {len(source)}\n".encode() + source)
    name = f"kernel-{digest.hexdigest()[:16]}"
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given and Path(given).match(_OURS):
        folder = Path(given).with_name(name)
    else:
        folder = (Path(given) if given else _cache_home()) / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        # Never a guessable shared folder: what lies in it is run.
        folder = Path(tempfile.mkdtemp(prefix="welltegra-"), name)
        folder.mkdir()
        atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    else:
        _forget_others(folder)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(folder)
    return folder


def _forget_others(folder: Path) -> None:
    """Remove the folders of older sources but for the last few; one in use costs its user a compilation, no more."""
    folder.touch()
    others = [path for path in folder.parent.glob(_OURS) if path != folder]
    for path in sorted(others, key=_changed, reverse=True)[_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _cache_home() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "welltegra"
