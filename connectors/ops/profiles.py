"""Profiles in a database: as `profile_versions` has them, each with a connection of its own; and compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from connectors.ops import profile_versions as rows
from connectors.ops.errors import ProfileMissing
from connectors.ops.profile_versions import Audited, Json, ProfileVersion, StoredProfile
from connectors.ops.reading import Connection, all_of
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import check_fit
from schemas.scoring_profile import ProfileDocument

__all__ = ["Audited", "Difference", "ProfileVersion", "StoredProfile"]

_GRANT: Final = "Give it the role welltegra_profile_keeper; see docs/operations.md."
_READ: Final = "Give it the role welltegra_reader; see docs/operations.md."
_US: Final = "welltegra"


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that two profiles have differently, at its JSON path; None where one has none."""

    path: str
    before: Any
    after: Any


def propose(postgres: Postgres, raw: Json, project_id: str | None, author: str, reason: str) -> StoredProfile:
    """Store a version of a profile, as `profile_versions.propose` does.

    Raises:
        ProfileFaults: Something in it does not hold; nothing is stored.
        ConnectorError: The database cannot be reached, is behind, or the user may not; who or why cannot be.
    """
    with _connected(postgres, _GRANT) as connection:
        return rows.propose(connection, raw, project_id, author, reason)


def ensure_canonical(postgres: Postgres, shipped: ProfileDocument) -> StoredProfile:
    """Return the canonical profile of a key that is active; where there is none, store `shipped` as that.

    Raises:
        ConnectorError: As `propose` does.
    """
    with _connected(postgres, _READ) as connection:
        active = rows.active(connection, None, shipped.profile.profile_key)
    if active is not None:
        return active
    stored = propose(postgres, shipped.raw, None, _US, "It comes with WellTegra.")
    return activate(postgres, stored.scoring_profile_id, _US, "It is the first of its key.")


def activate(postgres: Postgres, profile_id: UUID, actor: str, reason: str) -> StoredProfile:
    """Make a version the active one of its project and key, as `profile_versions.activate` does.

    Raises:
        ProfileMissing: There is no such version.
        ConnectorError: As `propose` does.
    """
    with _connected(postgres, _GRANT) as connection:
        return rows.activate(connection, profile_id, actor, reason)


def profiles(postgres: Postgres, project_id: str | None, key: str | None = None) -> list[StoredProfile]:
    """Return the versions of a project's profiles and of canonical ones, its own first, each key's newest first."""
    with _connected(postgres, _READ) as connection:
        return all_of(connection, StoredProfile, "select_profiles", {"project_id": project_id, "profile_key": key})


def profile(postgres: Postgres, profile_id: UUID) -> StoredProfile:
    """Return a version.

    Raises:
        ProfileMissing: There is no such version.
    """
    with _connected(postgres, _READ) as connection:
        return rows.version(connection, profile_id)


def active_profile(postgres: Postgres, project_id: str, key: str) -> StoredProfile:
    """Return the version that a project ranks by: its own active one of that key, else the canonical active one.

    Raises:
        ProfileMissing: Neither is there.
    """
    with _connected(postgres, _READ) as connection:
        found = rows.active(connection, project_id, key) or rows.active(connection, None, key)
    if found is None:
        raise ProfileMissing(postgres.where, f"{key!r}, active in project {project_id!r} or canonical")
    return found


def history(postgres: Postgres, project_id: str | None, key: str) -> list[Audited]:
    """Return what was done with the profiles of a key, in order."""
    with _connected(postgres, _READ) as connection:
        return rows.history(connection, project_id, key)


def differences(before: Any, after: Any, path: str = "$") -> Iterator[Difference]:
    """Yield each value that two parsed profiles have differently, by its path; a list counts as one value."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from differences(before.get(name), after.get(name), f"{path}.{name}")
    elif before != after:
        yield Difference(path, before, after)


@contextmanager
def _connected(postgres: Postgres, remedy: str) -> Iterator[Connection]:
    with postgres.session(remedy) as connection:
        check_fit(postgres, connection)
        yield connection
