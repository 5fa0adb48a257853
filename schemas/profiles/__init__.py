"""The canonical scoring profiles that come with WellTegra, as data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from schemas.scoring_profile import ProfileDocument, parse_profile
from scoring.profile import Profile

DEFAULT: Final = "earthbond_reopen_v1"
KEYS: Final = (DEFAULT,)


@cache
def canonical_profile(key: str = DEFAULT) -> ProfileDocument:
    """Return the canonical profile called `key`; KeyError if none comes with WellTegra."""
    if key not in KEYS:
        raise KeyError(key)
    return parse_profile(files(__name__).joinpath(f"{key}.json").read_text(encoding="utf-8"))


def default_profile() -> Profile:
    """Return the profile that a project without one of its own is scored with."""
    return canonical_profile().profile
