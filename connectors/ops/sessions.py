"""Sessions of browsers: the id stands in a cookie, its hash here."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from psycopg.types.json import Jsonb

import sql
from connectors.ops.reading import Connection, one_of
from connectors.ops.shapes_of_work import Session

_ID: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def create(
    connection: Connection,
    *,
    subject: str,
    name: str | None,
    roles: Mapping[str, str],
    how: str,
    csrf: str,
    hours: float,
) -> str:
    """Begin a session, and return its id, for the cookie. Those that have expired are forgotten meanwhile."""
    session_id = secrets.token_urlsafe(32)
    connection.execute(sql.query("delete_expired_sessions"))
    given = {
        "id_hash": _hash(session_id),
        "subject": subject,
        "name": name,
        "roles": Jsonb(dict(roles)),
        "how": how,
        "csrf": csrf,
        "hours": hours,
    }
    connection.execute(sql.query("insert_session"), given)
    return session_id


def find(connection: Connection, session_id: str, idle_minutes: float, *, seen: bool = True) -> Session | None:
    """Return the session of an id; None if it is none that is good, or nobody used it for so long.

    seen: whether this is a use of it, to be noted; a page that only keeps itself up to date is none.
    """
    if not _ID.fullmatch(session_id):
        return None
    asked = {"id_hash": _hash(session_id)}
    session = one_of(connection, Session, "select_session", {**asked, "idle_minutes": idle_minutes})
    if session is not None and seen:
        connection.execute(sql.query("touch_session"), asked)
    return session


def end(connection: Connection, session_id: str) -> None:
    """End a session, if it is one."""
    if _ID.fullmatch(session_id):
        connection.execute(sql.query("delete_session"), {"id_hash": _hash(session_id)})


def end_all(connection: Connection, subject: str) -> int:
    """End every session of somebody; return how many there were."""
    return connection.execute(sql.query("delete_sessions_of"), {"subject": subject}).rowcount


def _hash(session_id: str) -> bytes:
    return sha256(session_id.encode()).digest()
