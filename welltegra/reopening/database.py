"""The database that rankings are written to: the one that is named, or one of our own in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate


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
    from welltegra.embedded.place import own, reachable
    from welltegra.embedded.postgres import EmbeddedPostgres

    with EmbeddedPostgres(own(reachable(folder.absolute(), "welltegra"), "reopening.folder")) as embedded:
        postgres = Postgres(embedded.dsn)
        migrate(postgres)
        yield postgres
