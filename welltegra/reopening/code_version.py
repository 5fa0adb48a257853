"""Which code made a ranking: the same inputs, profile and code are the same run."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[2]
# What a number in a ranking can depend on.
_SCORING: Final = (
    *("scoring/*.py", "connectors/projects/*.py", "flows/reopening.py"),
    *(f"welltegra/reopening/{name}.py" for name in ("monthly", "ranking", "search", "share")),
)


@cache
def code_version() -> str:
    """Return our version, and 12 hexadecimal digits of what the code that scores says."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _SCORING for path in _ROOT.glob(pattern)):
        source = path.read_bytes()
        digest.update(f"{path.relative_to(_ROOT).as_posix()} {len(source)}\n".encode() + source)
    return f"{version('welltegra')}+{digest.hexdigest()[:12]}"
