"""Members: who has which role in which project, and who let whom in."""

from __future__ import annotations

from typing import Final

import sql
from connectors.ops.reading import Connection, all_of, one_of, scalar
from connectors.ops.said import LONGEST_NAME, fault, refuse, subject_faults, text_faults
from connectors.ops.shapes_of_work import AccessChange, Member

# From the least to the most.
ROLES: Final = ("viewer", "operator", "project_admin", "platform_admin")
EVERY_PROJECT: Final = "*"


def roles_of(connection: Connection, subject: str) -> dict[str, str]:
    """Return the roles of somebody by project, * for every one."""
    found = all_of(connection, Member, "select_members", {"project_id": None, "subject": subject})
    return {one.project_id: one.role for one in found}


def role_of(connection: Connection, subject: str, project_id: str) -> str | None:
    """Return the greatest role of somebody in a project; None where they have none."""
    roles = roles_of(connection, subject)
    held = {roles[project] for project in (project_id, EVERY_PROJECT) if project in roles}
    return max(held, key=ROLES.index, default=None)


def set_role(connection: Connection, subject: str, project_id: str, role: str, granted_by: str) -> Member:
    """Give somebody a role in a project, in place of the one they had; return it. project_id: * for every one.

    Raises:
        InputFaults: Something of it cannot be.
    """
    faults = [
        *subject_faults("subject", subject),
        *text_faults("project_id", project_id, LONGEST_NAME),
        *text_faults("granted_by", granted_by, LONGEST_NAME),
    ]
    if role not in ROLES:
        faults.append(fault("role", f"must be one of {', '.join(ROLES)}", role, "Choose one."))
    elif role == "platform_admin" and project_id != EVERY_PROJECT:
        faults.append(fault("role", "platform_admin must be of every project", project_id, "Give it for '*'."))
    refuse(faults)
    given = {"subject": subject, "project_id": project_id, "role": role, "granted_by": granted_by}
    found = one_of(connection, Member, "upsert_member", given)
    assert found is not None
    return found


def remove(connection: Connection, subject: str, project_id: str, removed_by: str) -> bool:
    """Take somebody's role in a project; return whether they had one.

    Raises:
        InputFaults: It is not said who takes it, or nobody could be called so.
    """
    refuse(text_faults("removed_by", removed_by, LONGEST_NAME))
    if member(connection, subject, project_id) is None:
        return False
    with connection.transaction():
        connection.execute(sql.query("set_actor"), {"actor": removed_by})
        given = {"subject": subject, "project_id": project_id}
        return connection.execute(sql.query("delete_member"), given).fetchone() is not None


def member(connection: Connection, subject: str, project_id: str) -> Member | None:
    """Return the role that somebody was given in a project, or in every one for `*`; None for none."""
    return one_of(connection, Member, "select_member", {"subject": subject, "project_id": project_id})


def take_turns(connection: Connection, project_id: str) -> None:
    """Wait for others who change the members of a project, until the transaction ends: what is read then holds."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"welltegra members {project_id}"])


def has_other_admin(connection: Connection, subject: str, project_id: str) -> bool:
    """Return whether somebody else is project_admin of a project; who administers the whole platform does not count."""
    given = {"subject": subject, "project_id": project_id}
    return bool(scalar(connection, "select_other_admin", given))


def list_members(connection: Connection, project_id: str | None = None) -> list[Member]:
    """Return who has a role in a project, or in every one; None for all there are."""
    return all_of(connection, Member, "select_members", {"project_id": project_id, "subject": None})


def changes(
    connection: Connection, project_id: str | None = None, before: int | None = None, most: int = 100
) -> list[AccessChange]:
    """Return who let whom in, the newest first: the members and keys of a project; None for all there is.

    before: the change_id that they must be older than.
    """
    given = {"project_id": project_id, "before": before, "most": most}
    return all_of(connection, AccessChange, "select_access_changes", given)
