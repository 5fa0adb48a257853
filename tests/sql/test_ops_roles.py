"""Each role of the worklist may do its part, and no more."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors
from psycopg import sql as pgsql
from psycopg.conninfo import make_conninfo

import sql
from connectors.ops import jobs
from connectors.ops.profiles import activate, ensure_canonical, propose
from connectors.ops.writer import write_ranking
from connectors.postgres.config import Postgres
from connectors.postgres.errors import DatabaseDenied
from connectors.postgres.migrate import migrate
from schemas.profiles import canonical_profile
from tests.connectors.ops.frames import candidate, discovery, gap, gaps, ranking, scored, snapshot, targets
from tests.parts.roles import roles_laid

FIRST = candidate("W-1", 1, 2134.0)
USERS = ("reader", "ranker", "reviewer", "profile_keeper")


@pytest.fixture
def users(postgres: str) -> Iterator[dict[str, Postgres]]:
    """Yield the database as each user sees it, and as "owner"."""
    migrate(Postgres(postgres))
    with roles_laid(Postgres(postgres)), psycopg.connect(postgres, autocommit=True) as connection:
        try:
            for user in USERS:
                name = pgsql.Identifier(f"a_{user}")
                connection.execute(
                    pgsql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x' IN ROLE {}").format(
                        name, pgsql.Identifier(f"welltegra_{user}")
                    )
                )
            found = {user: Postgres(make_conninfo(postgres, user=f"a_{user}", password="x")) for user in USERS}
            yield found | {"owner": Postgres(postgres)}
        finally:
            for user in USERS:
                name = pgsql.Identifier(f"a_{user}")
                connection.execute(pgsql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(name))


def refused(user: Postgres, change: str) -> bool:
    with user.connect() as connection:
        try:
            connection.execute(pgsql.SQL(change))
        except errors.InsufficientPrivilege:
            return True
    return False


def test_that_each_role_may_do_its_part(users: dict[str, Postgres]) -> None:
    stored = ensure_canonical(users["owner"], canonical_profile())
    found = ranking(stored.scoring_profile_id, targets(scored(FIRST, "A")), gaps(gap(FIRST)))
    with pytest.raises(DatabaseDenied, match="Give it the role welltegra_ranker"):
        write_ranking(users["reviewer"], snapshot(), discovery([FIRST]), found)
    written = write_ranking(users["ranker"], snapshot(), discovery([FIRST]), found)
    with users["ranker"].connect() as connection:
        queued, _ = jobs.enqueue(connection, "kern", "ann", None, "New logs.")
        begun = jobs.claim(connection)
        assert begun is not None
        assert begun.job_id == queued.job_id
        assert [one.state for one in jobs.recover(connection, 0.0)] == ["queued"]
    write_ranking(users["ranker"], snapshot("b"), discovery([FIRST]), ranking(stored.scoring_profile_id, found.targets))
    assert ensure_canonical(users["reader"], canonical_profile()) == stored
    own = propose(users["profile_keeper"], canonical_profile().raw, "kern", "a.b", "Ours.")
    assert activate(users["profile_keeper"], own.scoring_profile_id, "a.b", "Ours.").is_active
    with pytest.raises(DatabaseDenied, match="Give it the role welltegra_profile_keeper"):
        propose(users["reviewer"], canonical_profile().raw, "another", "a.b", "Why not.")
    review = {"expected": 0, "state": "accepted", "note": None, "actor": "a"}
    target = {"reopening_target_id": written.targets["reopening_target_id"][0]}
    with users["reviewer"].connect() as connection:
        assert connection.execute(sql.query("insert_review_event"), review | target).fetchone() == (1,)
        connection.execute("UPDATE ops.well_data_gaps SET owner = 'a.b', due_date = '2026-06-01'")
    for user in USERS:
        with users[user].connect() as connection:
            for view in ("well_reopening_targets", "target_reviews", "reopen_score_profiles"):
                assert connection.execute(
                    pgsql.SQL("SELECT 1 FROM {}").format(pgsql.Identifier("ops", view))
                ).fetchall()


CHANGES = {
    "UPDATE ops.well_data_gaps SET owner = 'x'": {"ranker", "profile_keeper", "reader"},
    "UPDATE ops.well_data_gaps SET severity = 'info'": {"reviewer", "profile_keeper", "reader"},
    "UPDATE ops.reopen_score_profiles SET is_active = true": {"ranker", "reviewer", "reader"},
    "UPDATE ops.reopen_score_profiles SET author = 'x'": set(USERS),
    "DELETE FROM ops.well_reopening_targets": set(USERS),
    "UPDATE ops.well_reopening_targets SET total_score = 1": set(USERS),
    "DELETE FROM ops.reopen_ranking_runs": set(USERS),
    "TRUNCATE ops.reopening_review_events": set(USERS),
    "CREATE TABLE ops.mine ()": set(USERS),
    "UPDATE ops.ranking_jobs SET requested_by = 'x'": set(USERS),
    "UPDATE ops.ranking_jobs SET reason = 'x'": set(USERS),
    "UPDATE ops.ranking_jobs SET project_id = 'x', profile_key = 'x', queued_at = now()": set(USERS),
    "UPDATE ops.ranking_jobs SET heard_at = now()": {"reviewer", "profile_keeper", "reader"},
}


def test_that_no_role_may_do_more(users: dict[str, Postgres]) -> None:
    found = {change: {user for user in USERS if refused(users[user], change)} for change in CHANGES}
    assert found == CHANGES
    with users["owner"].connect() as connection:
        may = "SELECT has_table_privilege(%s, %s, 'INSERT')"
        for table in ("ops.reopening_review_events", "audit"):
            for user in USERS:
                row = connection.execute(may, [f"a_{user}", table]).fetchone()
                assert row == ((table, user) == ("ops.reopening_review_events", "reviewer"),)
