"""Where the settings come from, and whether others can read the secrets in them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from welltegra.doctor.result import Result, ok, warning, wrong
from welltegra.settings.keys import PREFIX, keys
from welltegra.settings.masking import holds_secret
from welltegra.settings.model import Settings
from welltegra.settings.sources import FILE, FILE_VARIABLE, NOT_SETTINGS, Loaded

NAME: Final = "settings"


def look(loaded: Loaded[Settings], named: Path | None, environ: Mapping[str, str] = os.environ) -> Iterator[Result]:
    """Yield which file holds. named: what --config named. What a file may not say was refused when it was read."""
    path = named or Path(environ.get(FILE_VARIABLE, FILE))
    variables = sum(name.upper().startswith(PREFIX) and name not in NOT_SETTINGS for name in environ)
    beside = f", and {variables} of the environment over it" if variables else ""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        yield ok(NAME, f"no {path} in {Path.cwd()}: the defaults hold{beside}.")
        return
    except OSError as error:
        yield wrong(NAME, f"{path}: must be readable; is not ({error.strerror}).", "Change its permissions.")
        return
    secrets = [
        ".".join(key)
        for key, info in keys(Settings)
        if holds_secret(info.annotation) and loaded.origins[key] == str(path)
    ]
    if secrets and mode & stat.S_IROTH:
        found = (
            f"{path.absolute()}: must be closed to others, for it holds {', '.join(secrets)}; everybody can read it."
        )
        yield warning(NAME, found, f"Run: chmod 640 {path}")
        return
    yield ok(NAME, f"{path.absolute()}{beside}.")
