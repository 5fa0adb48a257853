"""Members: who has which role in which project."""

from __future__ import annotations

from typing import Final

import sql
from connectors.ops.reading import Connection, all_of, one_of
from connectors.ops.said import LONGEST_NAME, fault, refuse, text_faults
from connectors.ops.shapes_of_work import Member

# From the least to the most.
ROLES: Final = ("viewer", "operator", "project_admin", "platform_admin")
EVERY_PROJECT: Final = "*"


def roles_of(connection: Connection, subject: str) -> dict[str, str]:
    """Return the roles of somebody by project, * for every one."""
    found = all_of(connection, Member, "select_members", {"project_id": None, "subject": subject})
    return {member.project_id: member.role for member in found}


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
        *text_faults("subject", subject, LONGEST_NAME),
        *text_faults("project_id", project_id, LONGEST_NAME),
        *text_faults("granted_by", granted_by, LONGEST_NAME),
    ]
    if role not in ROLES:
        faults.append(fault("role", f"must be one of {', '.join(ROLES)}", role, "Choose one."))
    elif role == "platform_admin" and project_id != EVERY_PROJECT:
        faults.append(fault("role", "platform_admin must be of every project", project_id, "Give it for '*'."))
    refuse(faults)
    given = {"subject": subject, "project_id": project_id, "role": role, "granted_by": granted_by}
    member = one_of(connection, Member, "upsert_member", given)
    assert member is not None
    return member


def remove(connection: Connection, subject: str, project_id: str) -> bool:
    """Take somebody's role in a project; return whether they had one."""
    given = {"subject": subject, "project_id": project_id}
    return connection.execute(sql.query("delete_member"), given).fetchone() is not None


def list_members(connection: Connection, project_id: str | None = None) -> list[Member]:
    """Return who has a role in a project, or in every one; None for all there are."""
    return all_of(connection, Member, "select_members", {"project_id": project_id, "subject": None})
