"""The two roles of the worklist's server, each as a login of its own: what sql/roles.sql says, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors
from psycopg import sql as pgsql
from psycopg.conninfo import make_conninfo

import sql
from connectors.ops import keys, members, profiles, sessions
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from schemas.profiles import canonical_profile
from tests.sql.test_access import insert

USERS = ("gatekeeper", "platform")
SCHEMAS = ("public", "ops", "access")
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


@pytest.fixture(scope="module")
def users(postgres_server: str) -> Iterator[dict[str, Postgres]]:
    """Yield a database as each user sees it, and as "owner"."""
    name = "test_access_roles"
    roles = re.findall(r"CREATE ROLE (welltegra_\w+)", sql.roles())
    with psycopg.connect(postgres_server, autocommit=True) as server:
        server.execute(pgsql.SQL("CREATE DATABASE {}").format(pgsql.Identifier(name)))
        try:
            yield from _made(make_conninfo(postgres_server, dbname=name), roles)
        finally:
            server.execute(pgsql.SQL("DROP DATABASE {} WITH (FORCE)").format(pgsql.Identifier(name)))


def _made(dsn: str, roles: list[str]) -> Iterator[dict[str, Postgres]]:
    migrate(Postgres(dsn))
    with psycopg.connect(dsn, autocommit=True) as connection:
        # Other tests of the session may have laid the roles, for as long as it lasts; then they are not ours to drop.
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        ours = [role for role in roles if role not in known]
        try:
            for role in ours:
                connection.execute(pgsql.SQL("CREATE ROLE {} NOLOGIN").format(pgsql.Identifier(role)))
            connection.execute(re.sub(r"CREATE ROLE .*;", "", sql.roles()))
            for user in USERS:
                connection.execute(
                    pgsql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x' IN ROLE {}").format(
                        pgsql.Identifier(f"the_{user}"), pgsql.Identifier(f"welltegra_{user}")
                    )
                )
            found = {user: Postgres(make_conninfo(dsn, user=f"the_{user}", password="x")) for user in USERS}
            yield found | {"owner": Postgres(dsn)}
        finally:
            for role in (*(f"the_{user}" for user in USERS), *roles):
                connection.execute(pgsql.SQL("DROP OWNED BY {}").format(pgsql.Identifier(role)))
            for role in (*(f"the_{user}" for user in USERS), *ours):
                connection.execute(pgsql.SQL("DROP ROLE {}").format(pgsql.Identifier(role)))


# What sql/roles.sql says of each, once more and by hand: the table with the right, and the columns where not all.
SAID: dict[str, dict[tuple[str, str], str | None]] = {
    "gatekeeper": {
        ("public.schema_migrations", "SELECT"): None,
        ("access.members", "SELECT"): None,
        ("access.api_keys", "SELECT"): None,
        ("access.api_keys", "UPDATE"): "last_used_at",
        ("access.sessions", "SELECT"): None,
        ("access.sessions", "INSERT"): None,
        ("access.sessions", "DELETE"): None,
        ("access.sessions", "UPDATE"): "seen_at",
    },
    "platform": {
        ("public.schema_migrations", "SELECT"): None,
        ("access.members", "SELECT"): None,
        ("access.members", "INSERT"): None,
        ("access.members", "DELETE"): None,
        ("access.members", "UPDATE"): "granted_at granted_by role",
        ("access.api_keys", "SELECT"): None,
        ("access.api_keys", "INSERT"): None,
        ("access.api_keys", "UPDATE"): "revoked_at revoked_by",
        ("access.changes", "SELECT"): None,
        ("ops.reopen_score_profiles", "INSERT"): None,
        ("ops.reopen_profile_audit", "INSERT"): None,
        ("ops.reopen_score_profiles", "UPDATE"): "is_active",
    },
}


@pytest.mark.parametrize("user", USERS)
def test_that_a_user_of_one_role_has_every_right_that_is_said_and_no_other(
    users: dict[str, Postgres], user: str
) -> None:
    with users[user].connect() as connection:
        assert connection.execute("SELECT current_user").fetchone() == (f"the_{user}",)
        found = {
            (table, right): None if whole else columns
            for table, right, whole, columns in connection.execute(
                """
                SELECT c.oid::regclass::text, r.name, has_table_privilege(c.oid, r.name),
                    (SELECT string_agg(a.attname, ' ' ORDER BY a.attname) FROM pg_attribute a
                     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                        AND r.name IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
                        AND has_column_privilege(c.oid, a.attnum, r.name))
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                CROSS JOIN unnest(%s::text[]) AS r (name)
                WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
                """,
                [list(RIGHTS), list(SCHEMAS)],
            )
            if whole or columns
        }
        tables = connection.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'ops'::regnamespace"
            " AND c.relkind IN ('r', 'v')"
        )
        reads = {(table, "SELECT"): None for (table,) in tables} if user == "platform" else {}
    said = {(table.removeprefix("public."), right): columns for (table, right), columns in SAID[user].items()}
    assert found == said | reads


@pytest.mark.parametrize("user", USERS)
def test_that_a_user_of_one_role_owns_creates_and_becomes_nothing(users: dict[str, Postgres], user: str) -> None:
    with users[user].connect() as connection:
        usage = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname = ANY (%s) AND has_schema_privilege(oid, 'USAGE')"
            " ORDER BY nspname",
            [["ops", "access"]],
        ).fetchall()
        assert [row[0] for row in usage] == (["access"] if user == "gatekeeper" else ["access", "ops"])
        for refused in (
            "CREATE TABLE access.mine ()",
            "CREATE TABLE ops.mine ()",
            "ALTER TABLE access.changes DISABLE TRIGGER changes_refuse_change",
            "SET session_replication_role = replica",
            "SET ROLE welltegra_reader",
            f"SET ROLE welltegra_{'platform' if user == 'gatekeeper' else 'gatekeeper'}",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(pgsql.SQL(refused))


def test_that_who_keeps_the_doors_does_all_of_that_and_cannot_let_in(users: dict[str, Postgres]) -> None:
    with users["owner"].connect() as owner:
        insert(owner, "members", subject="ann")
        made = keys.create(owner, name="k", project_id="kern", role="viewer", created_by="ada", days=1)
    with users["gatekeeper"].connect() as connection:
        assert members.roles_of(connection, "ann") == {"kern": "viewer"}
        found = keys.find(connection, made.secret)
        assert found is not None
        assert found.key_id == made.key.key_id
        given: dict[str, Any] = {"subject": "ann", "name": None, "roles": {}, "how": "oidc", "csrf": "c" * 32}
        session = sessions.create(connection, **given, hours=1)
        assert sessions.find(connection, session, 60.0) is not None
        sessions.end(connection, session)
        for act in (
            lambda: members.set_role(connection, "eve", "kern", "operator", "eve"),
            lambda: members.remove(connection, "ann", "kern", "eve"),
            lambda: keys.create(connection, name="k", project_id=None, role="viewer", created_by="eve", days=1),
            lambda: keys.revoke(connection, made.key.key_id, "eve"),
            lambda: members.changes(connection),
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                act()


def test_that_who_keeps_the_house_does_all_of_that_and_writes_no_history(users: dict[str, Postgres]) -> None:
    with users["platform"].connect() as connection:
        members.set_role(connection, "bob", "volve", "viewer", "ada")
        members.set_role(connection, "bob", "volve", "operator", "ada")
        made = keys.create(connection, name="k", project_id="volve", role="viewer", created_by="ada", days=1)
        assert keys.revoke(connection, made.key.key_id, "ada", "volve")
        assert members.remove(connection, "bob", "volve", "ada")
        done = [(one.what, one.actor) for one in members.changes(connection, "volve") if one.project_id == "volve"]
        assert done == [
            (what, "ada") for what in ("member_removed", "key_revoked", "key_created", "member_set", "member_set")
        ]
        made_up = "INSERT INTO access.changes (actor, what, project_id, subject, after)"
        for change in (
            f"{made_up} VALUES ('ann', 'member_set', 'kern', 'eve', '{{}}')",
            "UPDATE access.changes SET actor = 'ann'",
            "DELETE FROM access.changes",
            "TRUNCATE access.changes",
            "DELETE FROM access.members",
            "UPDATE access.members SET subject = 'eve'",
            "DELETE FROM access.api_keys",
            "UPDATE access.api_keys SET role = 'platform_admin'",
            "SELECT * FROM access.sessions",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(pgsql.SQL(change))
    own = profiles.propose(users["platform"], canonical_profile().raw, None, "ada", "Ours.")
    assert profiles.activate(users["platform"], own.scoring_profile_id, "ada", "Ours.").is_active


def test_that_what_is_revoked_stays_revoked_for_who_keeps_the_house(users: dict[str, Postgres]) -> None:
    with users["platform"].connect() as connection:
        made = keys.create(connection, name="k", project_id="kern", role="viewer", created_by="ada", days=1)
        assert keys.revoke(connection, made.key.key_id, "ada")
        for change in (
            "UPDATE access.api_keys SET revoked_at = NULL, revoked_by = NULL WHERE key_id = %s",
            "UPDATE access.api_keys SET revoked_at = now() + interval '1 day' WHERE key_id = %s",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(change, [made.key.key_id])
