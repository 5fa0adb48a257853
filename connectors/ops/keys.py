"""API keys: a long random secret, shown once and kept as its hash; scoped, expiring, revocable."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import Final
from uuid import UUID

import sql
from connectors.ops.members import EVERY_PROJECT
from connectors.ops.reading import Connection, all_of, one_of
from connectors.ops.said import LONGEST_NAME, fault, refuse, text_faults
from connectors.ops.shapes_of_work import ApiKey, NewKey

# By it a key is told from a token, and a secret scanner finds one that leaked.
PREFIX: Final = "wtg_"
ROLES: Final = ("viewer", "operator", "project_admin", "platform_admin", "source")
MOST_DAYS: Final = 366.0
_SECRET: Final = re.compile(r"wtg_[A-Za-z0-9_-]{43}")
_SHOWN: Final = 10
_SCOPE: Final = re.compile(r"[a-z][a-z0-9:_.-]{0,63}")


def create(
    connection: Connection,
    *,
    name: str,
    project_id: str | None,
    role: str,
    created_by: str,
    days: float,
    scopes: Sequence[str] = (),
) -> NewKey:
    """Make a key, and return it with its secret, which nobody can show again.

    project_id: None for every project. days: how long it is good. scopes: what it is confined to; none for all that its
    role may.

    Raises:
        InputFaults: Something of it cannot be.
    """
    faults = text_faults("name", name, LONGEST_NAME) + text_faults("created_by", created_by, LONGEST_NAME)
    faults += text_faults("project_id", project_id, LONGEST_NAME, needed=project_id is not None)
    if role not in ROLES:
        faults.append(fault("role", f"must be one of {', '.join(ROLES)}", role, "Choose one."))
    if project_id == EVERY_PROJECT:
        faults.append(fault("project_id", "must be the id of one project", project_id, "Name none for all of them."))
    if role == "platform_admin" and project_id is not None:
        faults.append(fault("role", "platform_admin must be of every project", project_id, "Name no project."))
    if not 0 < days <= MOST_DAYS:
        faults.append(fault("days", f"must be above 0 and at most {MOST_DAYS:.0f}", days, "Let it expire sooner."))
    faults += [
        fault("scopes", "must be lower-case words", scope[:LONGEST_NAME], "Correct it.")
        for scope in scopes
        if not _SCOPE.fullmatch(scope)
    ]
    refuse(faults)
    secret = PREFIX + secrets.token_urlsafe(32)
    given = {
        "secret_hash": _hash(secret),
        "prefix": secret[:_SHOWN],
        "name": name.strip(),
        "project_id": project_id,
        "role": role,
        "scopes": list(scopes),
        "created_by": created_by,
        "days": days,
    }
    key = one_of(connection, ApiKey, "insert_api_key", given)
    assert key is not None
    return NewKey(key, secret)


def find(connection: Connection, secret: str) -> ApiKey | None:
    """Return the key of a secret, and note that it was used; None if it is none that is in force."""
    if not _SECRET.fullmatch(secret):
        return None
    key = one_of(connection, ApiKey, "select_api_key", {"secret_hash": _hash(secret)})
    if key is not None:
        connection.execute(sql.query("touch_api_key"), {"key_id": key.key_id})
    return key


def revoke(connection: Connection, key_id: UUID, by: str, project_id: str | None = None) -> bool:
    """Revoke a key; return whether there was one in force, of `project_id` if that is given."""
    given = {"key_id": key_id, "project_id": project_id, "revoked_by": by}
    return connection.execute(sql.query("revoke_api_key"), given).fetchone() is not None


def list_keys(connection: Connection, project_id: str | None = None) -> list[ApiKey]:
    """Return the keys of a project, or all, the newest first, also those no longer in force."""
    return all_of(connection, ApiKey, "select_api_keys", {"project_id": project_id})


def _hash(secret: str) -> bytes:
    # Of 256 random bits: there is nothing to guess that a slow hash would slow.
    return sha256(secret.encode()).digest()
