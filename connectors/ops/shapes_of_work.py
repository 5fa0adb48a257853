"""What people and the server do about rankings: jobs, overrides, keys, sessions, members and their changes, exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Job:
    """A ranking that was asked for. state: queued, running, succeeded, failed. stage: what it is at, in words.

    done, total: wells. run_id: once it succeeded. error: once it failed. attempts: how often it was begun.
    """

    job_id: UUID
    project_id: str
    profile_key: str | None
    state: str
    stage: str | None
    done: int
    total: int
    requested_by: str
    reason: str | None
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    heard_at: datetime | None
    attempts: int
    run_id: UUID | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Override:
    """An input that a person states. zone: None for every interval of the well. value: text or number, as text.

    used_by_current: whether the current run has used it. withdrawn_at: since when it holds no more.
    """

    override_id: int
    project_id: str
    well_id: str
    zone: str | None
    input: str
    value: str
    reason: str
    author: str
    stated_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    used_by_current: bool


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, without its secret. prefix: its first characters, to tell it by. project_id: None for every project."""

    key_id: UUID
    prefix: str
    name: str
    project_id: str | None
    role: str
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. secret: shown once; only its hash is kept."""

    key: ApiKey
    secret: str

    def __repr__(self) -> str:
        """Return what it is without the secret."""
        return f"NewKey(key={self.key!r}, secret=...)"


@dataclass(frozen=True, slots=True)
class Session:
    """Someone signed in at a browser. roles: by project id, or `*`. how: oidc or local. csrf: token of its forms."""

    subject: str
    name: str | None
    roles: Mapping[str, str]
    how: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Who may do what in a project. project_id: `*` for every project."""

    subject: str
    project_id: str
    role: str
    granted_by: str
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class AccessChange:
    """Who let whom in, or out again. what: member_set, member_removed, key_created, key_revoked.

    project_id: `*` for every project. subject: of a member. key_id, key_name: of a key. before, after: of a member the
    `role`; of a key `prefix`, `role`, `scopes` and `expires_at`; None for none.
    """

    change_id: int
    at: datetime
    actor: str
    what: str
    project_id: str
    subject: str | None
    key_id: UUID | None
    key_name: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export that was taken. query: filters and order as a query string, or what was selected."""

    export_id: int
    at: datetime
    project_id: str
    run_id: UUID
    actor: str
    format: str
    query: str
    targets: int
