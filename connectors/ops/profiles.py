"""Profiles in the database: proposed, activated, listed, compared. A version never changes; who and why is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

import sql
from connectors.ops.errors import ProfileMissing
from connectors.ops.ids import id_of
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import check_fit
from schemas.scoring_profile import ProfileDocument, canonical, document

Connection = psycopg.Connection[Any]
Json = Mapping[str, Any]

_GRANT: Final = "Give it the role welltegra_profile_keeper; see docs/operations.md."
_READ: Final = "Give it the role welltegra_reader; see docs/operations.md."
_US: Final = "welltegra"


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A version of a profile. project_id: None for a canonical one. content: canonical JSON; sha256: of it."""

    scoring_profile_id: UUID
    project_id: str | None
    profile_key: str
    display_name: str
    scoring_version: str
    is_active: bool
    content: str
    sha256: str
    parent_id: UUID | None
    change_reason: str
    author: str
    created_at: datetime

    @property
    def raw(self) -> dict[str, Any]:
        """The profile as parsed JSON."""
        found: dict[str, Any] = json.loads(self.content)
        return found


@dataclass(frozen=True, slots=True)
class Audited:
    """What was done with a profile."""

    at: datetime
    action: str
    scoring_profile_id: UUID
    previous_profile_id: UUID | None
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that two profiles have differently, at its JSON path; None where one has none."""

    path: str
    before: Any
    after: Any


def propose(postgres: Postgres, raw: Json, project_id: str | None, author: str, reason: str) -> StoredProfile:
    """Store a version of a profile, not active; return it. The same content is the same version, and stored once.

    raw: the profile as parsed JSON. project_id: None for a canonical one. Its parent is the one active now.

    Raises:
        ProfileFaults: Something in it does not hold; nothing is stored.
        ConnectorError: The database cannot be reached, is behind, or the user may not.
    """
    checked = document(raw)
    key = checked.profile.profile_key
    profile_id = id_of("profile", project_id or "", key, checked.sha256)
    with postgres.session(_GRANT) as connection, connection.transaction():
        check_fit(postgres, connection)
        active = _active(connection, project_id, key)
        added = connection.execute(
            sql.query("insert_profile"),
            {
                "scoring_profile_id": profile_id,
                "project_id": project_id,
                "profile_key": key,
                "display_name": checked.profile.display_name,
                "weights": Jsonb(raw["weights"]),
                "archie_defaults": Jsonb(raw["archie_defaults"]),
                "gating_rules": Jsonb(raw["gating_rules"]),
                "scoring_version": checked.profile.scoring_version,
                "content": canonical(raw).decode(),
                "sha256": checked.sha256,
                "parent_id": None if active is None else active.scoring_profile_id,
                "change_reason": reason,
                "author": author,
            },
        ).fetchone()
        stored = _select(postgres, connection, profile_id)
        if added is not None:
            _audit(connection, stored, "proposed", None, author, reason)
        return stored


def ensure_canonical(postgres: Postgres, shipped: ProfileDocument) -> StoredProfile:
    """Return the canonical profile of a key that is active; where there is none, store `shipped` as that.

    Raises:
        ConnectorError: As `propose` does.
    """
    key = shipped.profile.profile_key
    with postgres.session(_READ) as connection:
        check_fit(postgres, connection)
        active = _active(connection, None, key)
    if active is not None:
        return active
    stored = propose(postgres, shipped.raw, None, _US, "It comes with WellTegra.")
    return activate(postgres, stored.scoring_profile_id, _US, "It is the first of its key.")


def activate(postgres: Postgres, profile_id: UUID, actor: str, reason: str) -> StoredProfile:
    """Make a version the active one of its project and key; return it. One that is active already stays, unaudited.

    Raises:
        ProfileMissing: There is no such version.
        ConnectorError: As `propose` does.
    """
    with postgres.session(_GRANT) as connection, connection.transaction():
        check_fit(postgres, connection)
        wanted = _select(postgres, connection, profile_id)
        # Two who activate at once take turns; the second finds what the first made active.
        connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"profile {wanted.project_id or ''} {wanted.profile_key}"],
        )
        active = _active(connection, wanted.project_id, wanted.profile_key)
        if active is not None and active.scoring_profile_id == profile_id:
            return active
        if active is not None:
            _set_active(connection, active.scoring_profile_id, active=False)
            _audit(connection, active, "deactivated", None, actor, reason)
        _set_active(connection, profile_id, active=True)
        _audit(connection, wanted, "activated", None if active is None else active.scoring_profile_id, actor, reason)
        return _select(postgres, connection, profile_id)


def profiles(postgres: Postgres, project_id: str | None, key: str | None = None) -> list[StoredProfile]:
    """Return the versions of a project's profiles and of canonical ones, its own first, each key's newest first."""
    with postgres.session(_READ) as connection:
        check_fit(postgres, connection)
        return _list(connection, project_id, key)


def profile(postgres: Postgres, profile_id: UUID) -> StoredProfile:
    """Return a version.

    Raises:
        ProfileMissing: There is no such version.
    """
    with postgres.session(_READ) as connection:
        check_fit(postgres, connection)
        return _select(postgres, connection, profile_id)


def active_profile(postgres: Postgres, project_id: str, key: str) -> StoredProfile:
    """Return the version that a project ranks by: its own active one of that key, else the canonical active one.

    Raises:
        ProfileMissing: Neither is there.
    """
    with postgres.session(_READ) as connection:
        check_fit(postgres, connection)
        found = _active(connection, project_id, key) or _active(connection, None, key)
    if found is None:
        raise ProfileMissing(postgres.where, f"{key!r}, active in project {project_id!r} or canonical")
    return found


def history(postgres: Postgres, project_id: str | None, key: str) -> list[Audited]:
    """Return what was done with the profiles of a key, in order."""
    with postgres.session(_READ) as connection:
        check_fit(postgres, connection)
        with connection.cursor(row_factory=class_row(Audited)) as cursor:
            wanted = {"project_id": project_id, "profile_key": key}
            return cursor.execute(sql.query("select_profile_history"), wanted).fetchall()


def differences(before: Any, after: Any, path: str = "$") -> Iterator[Difference]:
    """Yield each value that two parsed profiles have differently, by its path; a list counts as one value."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from differences(before.get(name), after.get(name), f"{path}.{name}")
    elif before != after:
        yield Difference(path, before, after)


def _select(postgres: Postgres, connection: Connection, profile_id: UUID) -> StoredProfile:
    with connection.cursor(row_factory=class_row(StoredProfile)) as cursor:
        found = cursor.execute(sql.query("select_profile"), {"scoring_profile_id": profile_id}).fetchone()
    if found is None:
        raise ProfileMissing(postgres.where, str(profile_id))
    return found


def _list(connection: Connection, project_id: str | None, key: str | None) -> list[StoredProfile]:
    with connection.cursor(row_factory=class_row(StoredProfile)) as cursor:
        wanted = {"project_id": project_id, "profile_key": key}
        return cursor.execute(sql.query("select_profiles"), wanted).fetchall()


def _active(connection: Connection, project_id: str | None, key: str) -> StoredProfile | None:
    own = (one for one in _list(connection, project_id, key) if one.is_active and one.project_id == project_id)
    return next(own, None)


def _set_active(connection: Connection, profile_id: UUID, *, active: bool) -> None:
    connection.execute(sql.query("update_profile_active"), {"scoring_profile_id": profile_id, "is_active": active})


def _audit(
    connection: Connection, stored: StoredProfile, action: str, previous: UUID | None, actor: str, reason: str
) -> None:
    connection.execute(
        sql.query("insert_profile_audit"),
        {
            "project_id": stored.project_id,
            "profile_key": stored.profile_key,
            "scoring_profile_id": stored.scoring_profile_id,
            "previous_profile_id": previous,
            "action": action,
            "actor": actor,
            "reason": reason,
        },
    )
