"""Versions of profiles, on a connection: proposed, activated, listed. A version never changes; who and why is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

import sql
from connectors.ops.errors import ProfileMissing
from connectors.ops.ids import id_of
from connectors.ops.reading import Connection, all_of, one_of
from connectors.ops.said import LONGEST_NAME, LONGEST_NOTE, refuse, text_faults
from schemas.scoring_profile import canonical, document

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProfileVersion:
    """A version of a profile, without what it says. project_id: None for a canonical one. sha256: of its content."""

    scoring_profile_id: UUID
    project_id: str | None
    profile_key: str
    display_name: str
    scoring_version: str
    is_active: bool
    sha256: str
    parent_id: UUID | None
    change_reason: str
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredProfile(ProfileVersion):
    """A version of a profile, whole. content: canonical JSON."""

    content: str

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


def propose(connection: Connection, raw: Json, project_id: str | None, author: str, reason: str) -> StoredProfile:
    """Store a version of a profile, not active; return it. The same content is the same version, and stored once.

    raw: the profile as parsed JSON. project_id: None for a canonical one. Its parent is the one active now.

    Raises:
        ProfileFaults: Something in it does not hold; nothing is stored.
        InputFaults: The author or the reason cannot be.
    """
    checked = document(raw)
    _check_said(author, reason)
    key = checked.profile.profile_key
    profile_id = id_of("profile", project_id or "", key, checked.sha256)
    with connection.transaction():
        parent = active(connection, project_id, key)
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
                "parent_id": None if parent is None else parent.scoring_profile_id,
                "change_reason": reason,
                "author": author,
            },
        ).fetchone()
        stored = version(connection, profile_id)
        if added is not None:
            _audit(connection, stored, "proposed", None, author, reason)
        return stored


def activate(connection: Connection, profile_id: UUID, actor: str, reason: str) -> StoredProfile:
    """Make a version the active one of its project and key; return it. One that is active already stays, unaudited.

    Raises:
        ProfileMissing: There is no such version.
        InputFaults: Who does it, or the reason, cannot be.
    """
    _check_said(actor, reason)
    with connection.transaction():
        wanted = version(connection, profile_id)
        # Two who activate at once take turns; the second finds what the first made active.
        connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"profile {wanted.project_id or ''} {wanted.profile_key}"],
        )
        before = active(connection, wanted.project_id, wanted.profile_key)
        if before is not None and before.scoring_profile_id == profile_id:
            return before
        if before is not None:
            _set_active(connection, before.scoring_profile_id, active=False)
            _audit(connection, before, "deactivated", None, actor, reason)
        _set_active(connection, profile_id, active=True)
        _audit(connection, wanted, "activated", None if before is None else before.scoring_profile_id, actor, reason)
        return version(connection, profile_id)


def versions(connection: Connection, project_id: str | None) -> list[ProfileVersion]:
    """Return the versions of a project's profiles and of canonical ones, its own first, each key's newest first."""
    return all_of(connection, ProfileVersion, "select_profile_versions", {"project_id": project_id})


def version(connection: Connection, profile_id: UUID) -> StoredProfile:
    """Return a version.

    Raises:
        ProfileMissing: There is no such version.
    """
    found = one_of(connection, StoredProfile, "select_profile", {"scoring_profile_id": profile_id})
    if found is None:
        known = connection.info
        raise ProfileMissing(f"database {known.dbname!r} at {known.host or 'localhost'}:{known.port}", str(profile_id))
    return found


def active(connection: Connection, project_id: str | None, key: str) -> StoredProfile | None:
    """Return the version of a project, or the canonical one for None, that is active; None for none."""
    return one_of(connection, StoredProfile, "select_active_profile", {"project_id": project_id, "profile_key": key})


def history(connection: Connection, project_id: str | None, key: str) -> list[Audited]:
    """Return what was done with the profiles of a key, in order."""
    return all_of(connection, Audited, "select_profile_history", {"project_id": project_id, "profile_key": key})


def _check_said(who: str, reason: str) -> None:
    refuse(text_faults("author", who, LONGEST_NAME) + text_faults("reason", reason, LONGEST_NOTE))


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
