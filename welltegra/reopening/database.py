"""The database that rankings are written to: the one that is named, or one of our own in a folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate

# What is there outlives a restart of the machine; the folder in it must be ours.
_OPEN: Final = Path("/var/tmp")  # noqa: S108  # see above


@contextmanager
def database(dsn: str | None, folder: Path) -> Iterator[Postgres]:
    """Yield the database of `dsn`, or the embedded one that keeps its data in `folder`, which is brought up to date.

    Raises:
        ConnectorError: It cannot be reached.
        WelltegraError: The embedded one cannot run here.
    """
    if dsn is not None:
        yield Postgres(dsn)
        return
    from welltegra.embedded.postgres import EmbeddedPostgres

    with EmbeddedPostgres(reachable(folder.absolute(), "welltegra")) as embedded:
        postgres = Postgres(embedded.dsn)
        migrate(postgres)
        yield postgres


def reachable(folder: Path, name: str) -> Path:
    """Return `folder`, or one of /var/tmp where `nobody`, who runs PostgreSQL for root, cannot get to it."""
    if os.geteuid() != 0 or all(path.stat().st_mode & 0o001 for path in folder.parents if path.exists()):
        return folder
    return _OPEN / f"{name}-{hashlib.sha256(bytes(folder)).hexdigest()[:12]}"
