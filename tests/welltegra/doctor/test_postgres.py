"""The database: out of reach, empty, behind, newer; and users who may too little, or too much."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql as pgsql
from psycopg.conninfo import make_conninfo

import sql
from tests.welltegra.doctor.parts import black_hole, free_port, one, states
from welltegra.doctor import postgres as module
from welltegra.doctor.postgres import look
from welltegra.doctor.result import Result, State

NAMES = ["postgresql", "migrations", "rights", "audit chain", "clock: postgresql"]
USER, PASSWORD = "doctor_of_tests", "hush-hush"
INSERTS = "audit, alerts, violation_messages, captures, captured_samples, dead_letters"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a server answer when the machine lets it."""
    monkeypatch.setattr(module, "_ANSWERS_WITHIN_S", 60)


@pytest.fixture
def recorder(migrated: str) -> Iterator[str]:
    """Yield the connection string of a user with the rights that sql/roles.sql gives to a recorder."""
    user = pgsql.Identifier(USER)
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute(pgsql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(user, pgsql.Literal(PASSWORD)))
        try:
            connection.execute(pgsql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(user))
            connection.execute(pgsql.SQL(f"GRANT INSERT ON {INSERTS} TO {{}}").format(user))
            connection.execute(pgsql.SQL("GRANT INSERT, UPDATE ON consumed_offsets TO {}").format(user))
            yield make_conninfo(migrated, user=USER, password=PASSWORD)
        finally:
            connection.execute(pgsql.SQL("DROP OWNED BY {}").format(user))
            connection.execute(pgsql.SQL("DROP ROLE {}").format(user))


def run(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement)


def only_the_server_is_wrong(results: list[Result]) -> Result:
    assert [result.name for result in results] == NAMES
    assert [result.state for result in results] == [State.WRONG, *[State.NOT_ASKED] * 4]
    return results[0]


def test_that_a_recorder_on_a_migrated_database_is_fine(recorder: str) -> None:
    results = list(look(recorder))
    assert [result.name for result in results] == NAMES
    assert [result.state for result in results] == [State.OK, State.OK, State.OK, State.NOT_ASKED, State.OK]
    assert one(results, "rights").found.endswith(f"user {USER!r} may record, and not undo what is recorded.")
    assert one(results, "audit chain").remedy == "Run: welltegra audit verify"
    assert PASSWORD not in str(results)


def test_that_the_owner_of_the_tables_is_a_warning(migrated: str) -> None:
    result = one(look(migrated), "rights")
    assert (result.state, "should not own the tables" in result.found) == (State.WARNING, True)


def test_that_a_right_that_lacks_is_told_by_name(recorder: str, migrated: str) -> None:
    run(migrated, f"REVOKE UPDATE ON consumed_offsets FROM {USER}; REVOKE INSERT ON audit FROM {USER}")
    result = one(look(recorder), "rights")
    assert result.state is State.WRONG
    assert "lacks INSERT on audit, UPDATE on consumed_offsets." in result.found
    assert f"GRANT welltegra_recorder TO {USER};" in result.remedy


def test_that_tables_that_must_not_be_read_are_told_with_the_migrations(recorder: str, migrated: str) -> None:
    run(migrated, f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {USER}")
    results = list(look(recorder))
    assert states(results)["migrations"] is State.WRONG
    assert states(results)["clock: postgresql"] is State.OK


def test_that_an_empty_database_lacks_its_migrations(postgres: str) -> None:
    results = list(look(postgres))
    missing = one(results, "migrations")
    assert (missing.state, missing.remedy) == (State.WRONG, "Run: welltegra db migrate")
    assert f"{len(sql.migrations())} missing: 0001_pre_records" in missing.found
    assert states(results) == dict(
        zip(NAMES, [State.OK, State.WRONG, State.NOT_ASKED, State.NOT_ASKED, State.OK], strict=True)
    )


def test_that_a_newer_database_is_wrong(migrated: str) -> None:
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO schema_migrations VALUES (%s, 'later_post_x', repeat('0', 64))", [len(sql.migrations()) + 1]
        )
    result = one(look(migrated), "migrations")
    assert (result.state, result.remedy) == (State.WRONG, "Run the version that brought it.")


def test_that_a_database_in_another_encoding_is_wrong(postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        name = f"{connection.info.dbname}_latin"
        connection.execute(
            pgsql.SQL("CREATE DATABASE {} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0").format(
                pgsql.Identifier(name)
            )
        )
        try:
            result = only_the_server_is_wrong(list(look(make_conninfo(postgres, dbname=name))))
        finally:
            connection.execute(pgsql.SQL("DROP DATABASE {} WITH (FORCE)").format(pgsql.Identifier(name)))
    assert "must be in UTF8; is in LATIN1" in result.found


def test_that_a_database_that_cannot_be_written_to_is_wrong(migrated: str) -> None:
    read_only = make_conninfo(migrated, options="-c default_transaction_read_only=on")
    result = one(look(read_only), "postgresql")
    assert (result.state, "its transactions are read-only" in result.found) == (State.WRONG, True)


@pytest.mark.parametrize(
    "change, found",
    [
        ({"password": PASSWORD}, "password authentication failed"),
        ({"dbname": "nosuch"}, 'database "nosuch" does not exist'),
        ({"port": "1"}, "must be reachable; is not"),
    ],
)
def test_that_who_cannot_be_reached_is_one_fault(postgres: str, change: dict[str, str], found: str) -> None:
    results = list(look(make_conninfo("", **(psycopg.conninfo.conninfo_to_dict(postgres) | change))))
    result = only_the_server_is_wrong(results)
    assert found in result.found
    assert result.remedy == "Is the server up, and postgres.dsn in the settings right?"
    assert PASSWORD not in str(results)


def test_that_a_black_hole_is_one_fault() -> None:
    with black_hole() as port:
        result = only_the_server_is_wrong(list(look(f"postgresql://u:hush-hush@127.0.0.1:{port}/d?connect_timeout=2")))
    assert "timeout" in result.found
    assert "hush" not in str(result)


def test_that_an_unreadable_connection_string_is_not_shown() -> None:
    result = only_the_server_is_wrong(list(look(f"postgresql:/u:hush-hush@h:{free_port()}/d")))
    assert "could not be read, and is not shown" in result.found
    assert "hush" not in str(result)
