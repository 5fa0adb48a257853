"""schema.sql and the migrations build the same database, and it takes what the contracts allow and nothing else."""

from __future__ import annotations

import re
from typing import Any, get_args

import psycopg
import pytest
from psycopg import errors

import sql
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from schemas.alert import Alert
from schemas.violation import Violation
from tests.test_layers import REPO

# Everything that a database is made of, each as rows of text that do not depend on when it was made.
CATALOG = {
    "columns": """
        SELECT c.relname, c.relkind, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
        LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
        WHERE n.nspname IN ('public', 'ops', 'access') AND a.attnum > 0 AND NOT a.attisdropped""",
    "relations": """
        SELECT c.relname, c.relkind, c.relpersistence, c.relacl::text, c.relrowsecurity, c.reloptions::text,
               obj_description(c.oid, 'pg_class')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'ops', 'access')""",
    "constraints": """
        SELECT c.relname, o.conname, o.contype, o.convalidated, pg_get_constraintdef(o.oid)
        FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('public', 'ops', 'access')""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname IN ('public', 'ops', 'access')",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname IN ('public', 'ops', 'access')",
    "triggers": """
        SELECT c.relname, t.tgname, t.tgenabled, pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('public', 'ops', 'access') AND NOT t.tgisinternal""",
    "functions": """
        SELECT p.proname, pg_get_functiondef(p.oid), p.proacl::text, obj_description(p.oid, 'pg_proc')
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('public', 'ops', 'access')""",
    "types": """
        SELECT t.typname, t.typtype FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE n.nspname IN ('public', 'ops', 'access')""",
    "schemas": """
        SELECT nspname, nspacl::text, obj_description(oid, 'pg_namespace') FROM pg_namespace
        WHERE nspname IN ('ops', 'access')""",
}


def catalog(dsn: str) -> dict[str, list[tuple[Any, ...]]]:
    with psycopg.connect(dsn) as connection:
        return {name: sorted(connection.execute(query).fetchall(), key=repr) for name, query in CATALOG.items()}


def test_that_the_schema_and_the_migrations_build_the_same_database(postgres: str) -> None:
    migrate(Postgres(postgres))
    by_migrations = catalog(postgres)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA access, ops, public CASCADE; CREATE SCHEMA public")
        assert catalog(postgres)["relations"] == []
        connection.execute(sql.schema())
    by_schema = catalog(postgres)
    assert by_schema == by_migrations
    assert {name: len(rows) > 0 for name, rows in by_schema.items()} == dict.fromkeys(CATALOG, True)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE alerts ALTER COLUMN unit DROP NOT NULL",
        "ALTER TABLE alerts ALTER COLUMN unit SET DEFAULT 'spm'",
        "ALTER TABLE alerts ALTER COLUMN severity TYPE bigint",
        "ALTER TABLE captures DROP CONSTRAINT captures_reason_check1",
        "DROP INDEX alerts_episode_id",
        "ALTER TABLE audit ENABLE TRIGGER audit_refuse_change",
        "COMMENT ON COLUMN audit.seq IS 'Counts.'",
        "GRANT DELETE ON consumed_offsets TO PUBLIC",
        "ALTER TABLE ops.well_data_gaps ALTER COLUMN detail SET NOT NULL",
        "ALTER TABLE ops.reopening_review_events DROP CONSTRAINT reopening_review_events_note_check",
        "DROP INDEX ops.reopen_ranking_runs_current",
        "COMMENT ON SCHEMA ops IS 'Ops.'",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    ],
)
def test_that_a_difference_of_any_kind_would_be_seen(migrated: str, change: str) -> None:
    before = catalog(migrated)
    with psycopg.connect(migrated) as connection:
        connection.execute(change)
    assert catalog(migrated) != before


def test_that_no_column_holds_a_time_without_its_zone(migrated: str) -> None:
    assert [row for row in catalog(migrated)["columns"] if "without time zone" in str(row[4])] == []


@pytest.mark.parametrize("table", "audit alerts violation_messages captures captured_samples dead_letters".split())
@pytest.mark.parametrize("change", ["UPDATE {} SET seq = 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_that_records_can_only_be_inserted(migrated: str, table: str, change: str) -> None:
    with psycopg.connect(migrated) as connection:
        # Not even by a session that plays replication, which triggers are not for.
        connection.execute("SET session_replication_role = replica")
        with pytest.raises(errors.InsufficientPrivilege, match="is INSERT-only"):
            connection.execute(change.format(table))


def words(model: Any, field: str) -> set[str]:
    """Return the words that a field of a contract may have."""
    found: set[str] = set()
    waiting = [model.model_fields[field].annotation]
    while waiting:
        kind = waiting.pop()
        waiting += [argument for argument in get_args(kind) if not isinstance(argument, str)]
        found |= {argument for argument in get_args(kind) if isinstance(argument, str)}
    return found


@pytest.mark.parametrize(
    "table, column, model",
    [
        ("alerts", "mode", Alert),
        ("alerts", "level", Alert),
        ("alerts", "previous_level", Alert),
        ("alerts", "view", Alert),
        ("violation_messages", "mode", Violation),
        ("violation_messages", "end_reason", Violation),
    ],
)
def test_that_the_words_of_a_column_are_those_of_the_contract(
    migrated: str, table: str, column: str, model: Any
) -> None:
    checks = [row[4] for row in catalog(migrated)["constraints"] if row[:2] == (table, f"{table}_{column}_check")]
    assert [set(re.findall(r"'(\w+)'::text", check)) for check in checks] == [words(model, column)]


def test_that_every_query_says_what_it_does_and_names_its_parameters() -> None:
    for path in sorted((REPO / "sql" / "queries").glob("*.sql")):
        text = sql.query(path.stem)
        comment = "\n".join(line for line in text.splitlines() if line.startswith("--"))
        assert text.startswith("-- "), path
        parameters = set(re.findall(r"%\((\w+)\)s", text))
        if "Parameters: the columns" not in comment:
            assert {name for name in parameters if not re.search(rf"\b{name}\b", comment)} == set(), path


def test_that_migrations_are_numbered_without_a_gap() -> None:
    assert [migration.number for migration in sql.migrations()] == list(range(1, len(sql.migrations()) + 1))
    assert len(sql.migrations()) == len(list((REPO / "sql" / "migrations").iterdir()))
