"""Migrations: each once, whole or not at all, never one that was edited, never on a database from the future."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql as pgsql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from connectors.postgres.config import Postgres
from connectors.postgres.errors import (
    DatabaseBehind,
    DatabaseDenied,
    DatabaseNewer,
    DatabaseUnfit,
    DatabaseUnreachable,
    DsnUnreadable,
    MigrationAltered,
    MigrationFailed,
)
from connectors.postgres.migrate import MIGRATING, Phase, check_fit, migrate, status
from sql import Migration
from tests.parts.roles import roles_laid


def made_up(number: int, phase: Phase, text: str = "SELECT 1") -> Migration:
    return Migration(number, phase, f"{number:04}_{phase}_made_up", text)


ONE = made_up(1, "pre", "CREATE TABLE one (n integer)")
TWO = made_up(2, "post", "CREATE TABLE two (n integer)")
THREE = made_up(3, "pre", "CREATE TABLE three (n integer)")
FOUR = made_up(4, "post", "CREATE TABLE four (n integer)")


def names(migrations: list[Migration]) -> list[int]:
    return [migration.number for migration in migrations]


def test_that_what_is_missing_is_applied_once_and_in_order(postgres: str) -> None:
    assert names(migrate(Postgres(postgres), None, [ONE, TWO])) == [1, 2]
    assert names(migrate(Postgres(postgres), None, [ONE, TWO, THREE])) == [3]
    assert names(migrate(Postgres(postgres), None, [ONE, TWO, THREE])) == []
    found = status(Postgres(postgres), [ONE, TWO, THREE, FOUR])
    assert [(migration.number, applied_at is not None) for migration, applied_at in found] == [
        (1, True),
        (2, True),
        (3, True),
        (4, False),
    ]


@pytest.mark.parametrize("phase, expected", [("pre", [[1], []]), ("post", [[], []])])
def test_that_a_phase_ends_where_the_other_begins(postgres: str, phase: Phase, expected: list[list[int]]) -> None:
    if phase == "post":
        with pytest.raises(DatabaseBehind, match="0001_pre_made_up"):
            migrate(Postgres(postgres), "post", [ONE, TWO])
        return
    assert [names(migrate(Postgres(postgres), phase, [ONE, TWO])) for _ in range(2)] == expected
    assert names(migrate(Postgres(postgres), "post", [ONE, TWO])) == [2]


def test_that_a_release_is_not_begun_before_the_last_one_was_ended(postgres: str) -> None:
    migrate(Postgres(postgres), "pre", [ONE, TWO])
    with pytest.raises(
        DatabaseBehind, match=r"must have migration 0002_post_made_up; has not. Run: welltegra db migrate"
    ):
        migrate(Postgres(postgres), "pre", [ONE, TWO, THREE])


def test_that_an_edited_migration_is_named_and_nothing_is_applied(postgres: str) -> None:
    migrate(Postgres(postgres), None, [ONE])
    edited = replace(ONE, text="CREATE TABLE one (n bigint)")
    for attempt in (
        lambda: migrate(Postgres(postgres), None, [edited, TWO]),
        lambda: status(Postgres(postgres), [edited]),
    ):
        with pytest.raises(MigrationAltered, match=r"^sql/migrations/0001_pre_made_up\.sql: must be what was applied"):
            attempt()
    assert status(Postgres(postgres), [ONE, TWO])[1][1] is None


def test_that_a_newer_database_is_refused(postgres: str) -> None:
    migrate(Postgres(postgres), None, [ONE, TWO])
    for attempt in (lambda: migrate(Postgres(postgres), None, [ONE]), lambda: status(Postgres(postgres), [ONE])):
        with pytest.raises(DatabaseNewer, match=r"no newer than .* 0001_pre_made_up; has 0002_post_made_up"):
            attempt()


@pytest.mark.parametrize(
    "applied, known, refused",
    [
        ([ONE], [ONE], None),
        ([ONE], [ONE, TWO], None),  # post may wait
        ([ONE, TWO, THREE], [ONE, TWO], None),  # the next version comes; this one still runs
        ([ONE, TWO, THREE, FOUR], [ONE, TWO], DatabaseNewer),
        ([ONE, TWO], [ONE, TWO, THREE], DatabaseBehind),
        ([], [ONE], DatabaseBehind),
    ],
)
def test_that_code_runs_on_its_own_database_and_on_one_made_ready_for_the_next(
    postgres: str, applied: list[Migration], known: list[Migration], refused: type[Exception] | None
) -> None:
    migrate(Postgres(postgres), None, applied)
    with Postgres(postgres).connect() as connection:
        if refused is None:
            check_fit(Postgres(postgres), connection, known)
        else:
            with pytest.raises(refused):
                check_fit(Postgres(postgres), connection, known)


def test_that_a_migration_that_fails_leaves_nothing_of_itself(postgres: str) -> None:
    broken = made_up(2, "pre", "CREATE TABLE half (n integer); SELECT 1 / 0")
    with pytest.raises(
        MigrationFailed, match="migration 0002_pre_made_up must go through; PostgreSQL said 'division by zero'"
    ):
        migrate(Postgres(postgres), None, [ONE, broken])
    assert [at is not None for _, at in status(Postgres(postgres), [ONE, broken])] == [True, False]
    with psycopg.connect(postgres) as connection:
        assert connection.execute("SELECT to_regclass('half')").fetchone() == (None,)


def test_that_two_who_migrate_at_once_take_turns(postgres: str) -> None:
    slow = made_up(1, "pre", "CREATE TABLE one (n integer); SELECT pg_sleep(0.5)")
    done: list[list[int]] = []
    threads = [
        threading.Thread(target=lambda: done.append(names(migrate(Postgres(postgres), None, [slow])))) for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [[], [1]]


def test_that_whoever_waits_too_long_for_another_is_told(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.postgres.migrate._LOCK_WAIT_S", 1)
    with psycopg.connect(postgres) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        with pytest.raises(DatabaseUnfit, match="another session has held it for 1 s"):
            migrate(Postgres(postgres), None, [ONE])


def test_that_another_encoding_is_refused(postgres_server: str) -> None:
    name = "in_latin1"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        try:
            with pytest.raises(DatabaseUnfit, match="must be in UTF8; is in LATIN1"):
                migrate(Postgres(make_conninfo(postgres_server, dbname=name)))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def guest(postgres: str) -> str:
    """Return how a user connects who may do nothing but that."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'guest-secret'")
    return make_conninfo(postgres, user="guest", password="guest-secret")


def test_that_a_user_who_may_not_is_told_what_to_grant(guest: str) -> None:
    with pytest.raises(DatabaseDenied, match=r"permission denied for schema public.*grant CREATE on schema public"):
        migrate(Postgres(guest))


# Connection strings


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql:/welltegra:hush-hush@127.0.0.1/welltegra",
        "postgresql://welltegra:hush-hush@127.0.0.1:port/welltegra",
        "postgresql://welltegra:x@hush-hush@127.0.0.1/welltegra",
        "postgresql://welltegra:hush/hush@127.0.0.1/welltegra",
        "postgresql://welltegra:12/hush@127.0.0.1/welltegra",
        "hush-hush",
        "host=127.0.0.1 password='hush-hush",
        "postgresql://u:%zzhush-hush@h/d",
    ],
)
def test_that_an_unreadable_connection_string_is_not_shown(dsn: str) -> None:
    with pytest.raises(DsnUnreadable) as error:
        migrate(Postgres(dsn))
    assert "hush" not in str(error.value)
    assert "hush" not in repr(Postgres(dsn))
    assert error.value.__cause__ is None


@pytest.mark.parametrize("change", [{"password": "hush-hush"}, {"port": "1"}, {"host": "no-such-host.invalid"}])
def test_that_who_cannot_be_reached_is_named_without_the_password(postgres: str, change: dict[str, str]) -> None:
    dsn = make_conninfo(postgres, **change)
    with pytest.raises(DatabaseUnreachable) as error:
        migrate(Postgres(dsn))
    said = str(error.value)
    assert said.startswith(f"database {conninfo_to_dict(dsn)['dbname']!r} at {conninfo_to_dict(dsn)['host']}:")
    assert str(conninfo_to_dict(dsn)["password"]) not in said
    assert "\n" not in said


def test_that_a_server_that_goes_away_meanwhile_is_told_as_that(postgres: str) -> None:
    def end_it() -> None:
        # Each look in a transaction of its own: within one, pg_stat_activity stays as it was first seen.
        with psycopg.connect(postgres, autocommit=True) as connection:
            until = time.monotonic() + 120
            ended = None
            while ended is None and time.monotonic() < until:
                ended = connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE wait_event = 'PgSleep' AND datname = current_database()"
                ).fetchone()

    ending = threading.Thread(target=end_it)
    ending.start()
    with pytest.raises((DatabaseUnreachable, MigrationFailed), match="terminat"):
        migrate(Postgres(postgres), None, [made_up(1, "pre", "SELECT pg_sleep(300)")])
    ending.join()


def test_that_the_roles_let_a_recorder_record_and_do_no_more(postgres: str) -> None:
    migrate(Postgres(postgres))
    with roles_laid(Postgres(postgres)), psycopg.connect(postgres, autocommit=True) as connection:
        try:
            connection.execute(
                "DROP ROLE IF EXISTS rig_7; CREATE ROLE rig_7 LOGIN PASSWORD 'x' IN ROLE welltegra_recorder"
            )
            with psycopg.connect(make_conninfo(postgres, user="rig_7", password="x"), autocommit=True) as recorder:
                recorder.execute(
                    "INSERT INTO consumed_offsets VALUES ('t', 0, 'id', 1) ON CONFLICT (topic, kafka_partition)"
                    " DO UPDATE SET next_offset = 2"
                )
                recorder.execute("SELECT * FROM violations").fetchall()
                for refused in (
                    "UPDATE audit SET kind = 'alert'",
                    "DELETE FROM alerts",
                    "TRUNCATE captured_samples",
                    "ALTER TABLE audit DISABLE TRIGGER ALL",
                    "DROP TRIGGER audit_refuse_change ON audit",
                    "SET session_replication_role = replica",
                    "DELETE FROM consumed_offsets",
                    "INSERT INTO schema_migrations VALUES (9, 'x', repeat('0', 64))",
                ):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        recorder.execute(pgsql.SQL(refused))
        finally:
            connection.execute("DROP OWNED BY rig_7; DROP ROLE rig_7")
