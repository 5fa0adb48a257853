"""Schema ops takes what a ranking may be, and refuses what it may not: each constraint with its bad row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import psycopg
import pytest
from psycopg import errors
from psycopg import sql as pgsql
from psycopg.types.json import Jsonb

import sql
from schemas.interval import CompletionStatus
from schemas.reopening_target import Gap, ReopeningTarget, Review
from tests.sql import worklist_rows
from tests.sql.test_schema import catalog, words

ID = "00000000-0000-5000-8000-000000000001"
OTHER = "00000000-0000-5000-8000-000000000002"
SHA = 64 * "a"
WEIGHTS = {"static": 0.35, "dynamic": 0.3, "operability": 0.2, "confidence": 0.15}
COMPONENTS = tuple(WEIGHTS)
NAN, INFINITY = float("nan"), float("inf")

# A row of each table that is taken, in an order in which each finds what it refers to.
ROWS: dict[str, dict[str, Any]] = {
    "reopen_score_profiles": {
        "scoring_profile_id": ID,
        "project_id": "kern",
        "profile_key": "p",
        "display_name": "P",
        "weights": Jsonb(WEIGHTS),
        "archie_defaults": Jsonb({}),
        "gating_rules": Jsonb({}),
        "scoring_version": "1",
        "content": "{}",
        "sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "change_reason": "first",
        "author": "a",
    },
    "reopen_profile_audit": {
        "profile_key": "p",
        "scoring_profile_id": ID,
        "action": "proposed",
        "actor": "a",
        "reason": "r",
    },
    "input_snapshots": {"project_id": "kern", "input_sha256": SHA, "as_of": "2026-01-01", "read_at": "2026-01-01Z"},
    "input_sources": {
        "project_id": "kern",
        "input_sha256": SHA,
        "source_id": "S1",
        "kind": "log",
        "path": "a.las",
        "sha256": SHA,
    },
    "input_wells": {"project_id": "kern", "input_sha256": SHA, "well_id": "W-1", "latitude_deg": 58.0},
    "input_production": {
        "project_id": "kern",
        "input_sha256": SHA,
        "well_id": "W-1",
        "months": "{2020-01-01,2020-02-01}",
        **dict.fromkeys(("oil_sm3", "water_sm3", "gas_sm3", "hours_on"), "{1,NULL}"),
        **dict.fromkeys(("water_injected_sm3", "gas_injected_sm3"), "{NULL,NULL}"),
    },
    "discovery_runs": {
        "discovery_id": ID,
        "project_id": "kern",
        "input_sha256": SHA,
        "profile_key": "p",
        "profile_sha256": SHA,
        "code_version": "1",
        "generated_at": "2026-01-01Z",
        "candidate_count": 1,
    },
    "well_bypassed_candidates": {
        "discovery_id": ID,
        "candidate_id": ID,
        "project_id": "kern",
        "well_id": "W-1",
        "event_no": 1,
        "top_md_m": 2134.0,
        "base_md_m": 2144.0,
        "gross_md_m": 10.0,
        "net_md_m": 10.0,
        "gross_m": 8.6,
        "net_pay_m": 6.9,
        "vsh": 0.2,
        "sw_confidence": "medium",
        "completion_status": "unknown",
        "position_confidence": "unknown",
        "cone_radius_top_m": 0.0,
        "cutoffs_applied": Jsonb({}),
    },
    "interval_log_strips": {
        "discovery_id": ID,
        "candidate_id": ID,
        **dict.fromkeys(("md_m", "gr", "rt", "vsh", "phie", "sw"), "{1,2}"),
    },
    "reopen_ranking_runs": {
        "run_id": ID,
        "project_id": "kern",
        "scoring_profile_id": ID,
        "profile_key": "p",
        "profile_sha256": SHA,
        "scoring_version": "1",
        "input_sha256": SHA,
        "code_version": "1",
        "discovery_id": ID,
        "as_of": "2026-01-01",
        "status": "succeeded",
        "is_current": True,
        "became_current_at": "2026-01-01Z",
        "generated_at": "2026-01-01Z",
        "requested_by": "a",
        "candidate_count": 1,
        "summary": Jsonb({}),
    },
    "well_reopening_targets": {
        "reopening_target_id": ID,
        "run_id": ID,
        "project_id": "kern",
        "scoring_profile_id": ID,
        "scoring_version": "1",
        "target_key": ID,
        "target_rank": 1,
        "well_id": "W-1",
        "event_no": 1,
        "source_candidate_id": ID,
        **{f"{name}_score": 0.5 for name in (*COMPONENTS, "total")},
        **{f"{name}_potential": 0.5 for name in (*COMPONENTS, "total")},
        **{f"{name}_coverage": 1.0 for name in COMPONENTS},
        "classification": "C",
        "class_rule": "R3",
        "blocking_reason": "Run a log.",
        "historic_payload_class": "unknown",
        "remaining_payload_class": "unknown",
        "depletion_risk": "unknown",
        "operability_status": "unknown",
        "data_confidence": "low",
        "gap_codes": "{}",
        "has_spatial_gap": False,
        **dict.fromkeys(("score_inputs", "assumptions_json", "contributions", "facts"), Jsonb({})),
        "top_md_m": 2134.0,
        "base_md_m": 2144.0,
        "gross_m": 8.6,
        "net_pay_m": 6.9,
        "gross_md_m": 10.0,
        "net_md_m": 8.0,
    },
    "well_data_gaps": {
        "project_id": "kern",
        "profile_key": "p",
        "target_key": ID,
        "well_id": "W-1",
        "gap_code": "G2.CRS",
        "gap_domain": "spatial",
        "severity": "major",
        "promotion_action": "spatial_only_quarantine",
        "first_seen_run": ID,
        "first_seen_at": "2026-01-01Z",
    },
    "reopening_review_events": {
        "project_id": "kern",
        "target_key": ID,
        "version": 1,
        "previous_state": "unreviewed",
        "state": "accepted",
        "actor": "a",
        "reopening_target_id": ID,
        "classification": "C",
        "total_score": 0.5,
    },
}

ROWS |= worklist_rows.OPS

Connection = psycopg.Connection[Any]


def insert(connection: Connection, table: str, **change: Any) -> None:
    row = ROWS[table] | change
    statement = pgsql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        pgsql.Identifier("ops", table),
        pgsql.SQL(", ").join(map(pgsql.Identifier, row)),
        pgsql.SQL(", ").join(map(pgsql.Placeholder, row)),
    )
    connection.execute(statement, row)


@pytest.fixture
def connection(migrated: str) -> Iterator[Connection]:
    with psycopg.connect(migrated, autocommit=True) as found:
        yield found


@pytest.fixture
def filled(connection: Connection) -> Connection:
    for table in ROWS:
        insert(connection, table)
    return connection


def test_that_every_table_takes_its_row_and_is_asked_about_here(filled: Connection) -> None:
    tables = filled.execute("SELECT relname FROM pg_class WHERE relnamespace = 'ops'::regnamespace AND relkind = 'r'")
    assert {row[0] for row in tables} == set(ROWS)


_RUN = "reopen_ranking_runs"
_TARGET = "well_reopening_targets"
_CANDIDATE = "well_bypassed_candidates"
_REVIEW = "reopening_review_events"
_PROFILE = "reopen_score_profiles"

# Of each constraint a row that it alone refuses: the table, the constraint, what is bad.
BAD: list[tuple[str, str, dict[str, Any]]] = [
    (_PROFILE, "sha256_check", {"content": "[]"}),
    (_PROFILE, "project_id_check", {"project_id": ""}),
    (_PROFILE, "profile_key_check", {"profile_key": ""}),
    (_PROFILE, "display_name_check", {"display_name": ""}),
    (_PROFILE, "scoring_version_check", {"scoring_version": ""}),
    (_PROFILE, "change_reason_check", {"change_reason": " "}),
    (_PROFILE, "author_check", {"author": " "}),
    (_PROFILE, "archie_defaults_check", {"archie_defaults": Jsonb([])}),
    (_PROFILE, "gating_rules_check", {"gating_rules": Jsonb(None)}),
    (_PROFILE, "weights_check", {"weights": Jsonb(WEIGHTS | {"static": 0.36})}),
    (_PROFILE, "weights_check", {"weights": Jsonb(WEIGHTS | {"static": -0.35, "dynamic": 1.0})}),
    (_PROFILE, "weights_check", {"weights": Jsonb({"static": 1.0})}),
    (_PROFILE, "weights_check", {"weights": Jsonb(WEIGHTS | {"static": None})}),
    (_PROFILE, "weights_check", {"weights": Jsonb([])}),
    ("reopen_profile_audit", "action_check", {"action": "deleted"}),
    ("reopen_profile_audit", "actor_check", {"actor": ""}),
    ("reopen_profile_audit", "reason_check", {"reason": " "}),
    ("reopen_profile_audit", "profile_key_check", {"profile_key": ""}),
    ("input_snapshots", "input_sha256_check", {"input_sha256": "A"}),
    ("input_snapshots", "project_id_check", {"project_id": ""}),
    ("input_sources", "source_id_check", {"source_id": ""}),
    ("input_sources", "kind_check", {"kind": ""}),
    ("input_sources", "path_check", {"path": ""}),
    ("input_sources", "sha256_check", {"sha256": SHA[1:]}),
    ("input_wells", "well_id_check", {"well_id": ""}),
    ("input_wells", "latitude_deg_check", {"latitude_deg": 90.1}),
    ("input_wells", "latitude_deg_check", {"latitude_deg": NAN}),
    ("input_wells", "longitude_deg_check", {"longitude_deg": -180.1}),
    ("input_wells", "path_check", {"path_md_m": "{0}"}),
    ("input_wells", "path_check", {"path_md_m": "{0,9}", "path_x_m": "{1,2}", "path_y_m": "{1}"}),
    ("input_wells", "path_check", {"path_md_m": "{}", "path_x_m": "{}", "path_y_m": "{}"}),
    ("input_production", "well_id_check", {"well_id": ""}),
    ("input_production", "length_check", {"oil_sm3": "{1}"}),
    (_TARGET, "place_at_check", {"place_at": "head"}),
    ("input_production", "length_check", {"gas_injected_sm3": "{}"}),
    ("discovery_runs", "candidate_count_check", {"candidate_count": -1}),
    ("discovery_runs", "profile_sha256_check", {"profile_sha256": ""}),
    ("discovery_runs", "profile_key_check", {"profile_key": ""}),
    ("discovery_runs", "code_version_check", {"code_version": ""}),
    (_CANDIDATE, "interval_check", {"base_md_m": 2134.0}),
    (_CANDIDATE, "interval_check", {"base_md_m": NAN}),
    (_CANDIDATE, "interval_check", {"base_md_m": INFINITY}),
    (_CANDIDATE, "net_check", {"net_pay_m": 8.7}),
    (_CANDIDATE, "net_check", {"net_pay_m": -0.1}),
    (_CANDIDATE, "net_check", {"net_md_m": 10.1}),
    (_CANDIDATE, "fraction_check", {"vsh": 1.01}),
    (_CANDIDATE, "fraction_check", {"sw": NAN}),
    (_CANDIDATE, "fraction_check", {"evaluated_fraction": -0.1}),
    (_CANDIDATE, "event_no_check", {"event_no": 0}),
    (_CANDIDATE, "project_id_check", {"project_id": ""}),
    (_CANDIDATE, "well_id_check", {"well_id": ""}),
    (_CANDIDATE, "sw_confidence_check", {"sw_confidence": "none"}),
    (_CANDIDATE, "completion_status_check", {"completion_status": "open"}),
    (_CANDIDATE, "position_confidence_check", {"position_confidence": "none"}),
    (_CANDIDATE, "cone_radius_top_m_check", {"cone_radius_top_m": -1.0}),
    (_CANDIDATE, "cone_radius_base_m_check", {"cone_radius_base_m": -1.0}),
    (_CANDIDATE, "cutoffs_applied_check", {"cutoffs_applied": Jsonb([])}),
    ("interval_log_strips", "length_check", {"md_m": "{1}"}),
    ("interval_log_strips", "length_check", {"sw": "{}"}),
    (_RUN, "project_id_check", {"project_id": ""}),
    (_RUN, "profile_key_check", {"profile_key": ""}),
    (_RUN, "profile_sha256_check", {"profile_sha256": ""}),
    (_RUN, "input_sha256_check", {"input_sha256": ""}),
    (_RUN, "scoring_version_check", {"scoring_version": ""}),
    (_RUN, "code_version_check", {"code_version": ""}),
    (_RUN, "requested_by_check", {"requested_by": ""}),
    (_RUN, "candidate_count_check", {"candidate_count": -1}),
    (_RUN, "summary_check", {"summary": Jsonb([])}),
    (_RUN, "stated_inputs_check", {"stated_inputs": Jsonb({})}),
    (_RUN, "error_check", {"error": "", "status": "failed", "is_current": False}),
    (_RUN, "current_check", {"status": "failed", "error": "e"}),
    (_RUN, "current_check", {"became_current_at": None}),
    (_RUN, "status_check1", {"status": "failed", "is_current": False}),
    (_RUN, "status_check1", {"error": "e"}),
    (_RUN, "status_check1", {"candidate_count": None}),
    (_RUN, "status_check1", {"summary": None}),
    (_RUN, "status_check1", {"discovery_id": None}),
    (_RUN, "status_check", {"status": "running", "is_current": False}),
    *((_TARGET, "score_check", {f"{name}_score": 0.6}) for name in (*COMPONENTS, "total")),
    *((_TARGET, "score_check", {f"{name}_score": -0.1}) for name in (*COMPONENTS, "total")),
    *((_TARGET, "score_check", {f"{name}_score": NAN}) for name in (*COMPONENTS, "total")),
    *((_TARGET, "score_check", {f"{name}_potential": 1.1}) for name in (*COMPONENTS, "total")),
    *((_TARGET, "coverage_check", {f"{name}_coverage": 1.1}) for name in COMPONENTS),
    (_TARGET, "class_check", {"classification": "E"}),
    (_TARGET, "class_check", {"class_rule": "R1"}),
    (_TARGET, "reason_check", {"blocking_reason": None}),
    (_TARGET, "reason_check", {"classification": "A", "class_rule": "R4"}),
    (_TARGET, "blocking_reason_check", {"blocking_reason": ""}),
    (_TARGET, "recommended_action_check", {"recommended_action": ""}),
    (_TARGET, "what_would_change_check", {"what_would_change": ""}),
    (_TARGET, "historic_payload_class_check", {"historic_payload_class": "strong"}),
    (_TARGET, "remaining_payload_class_check", {"remaining_payload_class": "high"}),
    (_TARGET, "depletion_risk_check", {"depletion_risk": "none"}),
    (_TARGET, "operability_status_check", {"operability_status": "easy"}),
    (_TARGET, "data_confidence_check", {"data_confidence": "unknown"}),
    (_TARGET, "interval_check", {"base_md_m": None}),
    (_TARGET, "interval_check", {"base_md_m": 2134.0}),
    (_TARGET, "interval_check", {"base_md_m": NAN}),
    (_TARGET, "candidate_check", {"event_no": 0}),
    (_TARGET, "candidate_check", {"event_no": 0, "top_md_m": None, "base_md_m": None}),
    (_TARGET, "candidate_check", {"top_md_m": None, "base_md_m": None}),
    (_TARGET, "net_check", {"net_pay_m": 8.7}),
    (_TARGET, "net_check", {"net_pay_m": -0.1}),
    (_TARGET, "net_check", {"net_md_m": 10.1}),
    (_TARGET, "project_id_check", {"project_id": ""}),
    (_TARGET, "well_id_check", {"well_id": ""}),
    (_TARGET, "target_rank_check", {"target_rank": 0}),
    (_TARGET, "event_no_check", {"event_no": -1, "source_candidate_id": None}),
    (_TARGET, "evidence_completeness_check", {"evidence_completeness": 1.1}),
    (_TARGET, "unswept_volume_m3_check", {"unswept_volume_m3": INFINITY}),
    (_TARGET, "score_inputs_check", {"score_inputs": Jsonb([])}),
    (_TARGET, "assumptions_json_check", {"assumptions_json": Jsonb([])}),
    (_TARGET, "contributions_check", {"contributions": Jsonb([])}),
    (_TARGET, "facts_check", {"facts": Jsonb([])}),
    (_TARGET, "sw_confidence_check", {"sw_confidence": "none"}),
    (_TARGET, "position_confidence_check", {"position_confidence": "none"}),
    (_TARGET, "cone_radius_top_m_check", {"cone_radius_top_m": -1.0}),
    (_TARGET, "cone_radius_base_m_check", {"cone_radius_base_m": -1.0}),
    (_TARGET, "latitude_deg_check", {"latitude_deg": 91.0}),
    (_TARGET, "longitude_deg_check", {"longitude_deg": 181.0}),
    ("well_data_gaps", "project_id_check", {"project_id": ""}),
    ("well_data_gaps", "profile_key_check", {"profile_key": ""}),
    ("well_data_gaps", "well_id_check", {"well_id": ""}),
    ("well_data_gaps", "gap_code_check", {"gap_code": ""}),
    ("well_data_gaps", "gap_domain_check", {"gap_domain": ""}),
    ("well_data_gaps", "severity_check", {"severity": "bad"}),
    ("well_data_gaps", "promotion_action_check", {"promotion_action": "none"}),
    ("well_data_gaps", "owner_check", {"owner": " "}),
    ("well_data_gaps", "times_reopened_check", {"times_reopened": -1}),
    ("well_data_gaps", "resolved_check", {"resolved_run": ID}),
    (_REVIEW, "note_check", {"state": "rejected"}),
    (_REVIEW, "note_check", {"state": "deferred", "note": " "}),
    (_REVIEW, "note_check", {"state": "needs_data", "note": None}),
    (_REVIEW, "note_check", {"state": "unreviewed"}),
    (_REVIEW, "project_id_check", {"project_id": ""}),
    (_REVIEW, "version_check", {"version": 0}),
    (_REVIEW, "state_check", {"state": "maybe", "note": "n"}),
    (_REVIEW, "previous_state_check", {"previous_state": "maybe"}),
    (_REVIEW, "actor_check", {"actor": ""}),
    (_REVIEW, "classification_check", {"classification": "E"}),
    (_REVIEW, "total_score_check", {"total_score": 1.1}),
    *worklist_rows.BAD_OPS,
]


def test_that_each_constraint_refuses_its_bad_row(connection: Connection) -> None:
    for table in ROWS:
        for bad_table, constraint, change in BAD:
            if bad_table == table:
                with pytest.raises(errors.CheckViolation) as refused:
                    insert(connection, table, **change)
                assert refused.value.diag.constraint_name == f"{table}_{constraint}", change
        insert(connection, table)


def test_that_every_check_has_a_bad_row_here(connection: Connection) -> None:
    checks = connection.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE connamespace = 'ops'::regnamespace AND contype = 'c'"
    )
    asked = {(f"ops.{table}", f"{table}_{constraint}") for table, constraint, _ in BAD}
    assert set(checks) == asked


# What may be there once: the table, the constraint or index, and how the second row differs from the first.
TWICE: list[tuple[str, str, dict[str, Any]]] = [
    (_PROFILE, "reopen_score_profiles_sha256", {"scoring_profile_id": OTHER}),
    (_RUN, "reopen_ranking_runs_current", {"run_id": OTHER, "code_version": "2"}),
    (
        _RUN,
        "reopen_ranking_runs_project_id_profile_key_profile_sha256_i_key",
        {"run_id": OTHER, "is_current": False, "became_current_at": None},
    ),
    (_TARGET, "well_reopening_targets_rank_key", {"reopening_target_id": OTHER, "target_key": OTHER}),
    (_TARGET, "well_reopening_targets_key_key", {"reopening_target_id": OTHER, "target_rank": 2}),
    ("well_data_gaps", "well_data_gaps_same_key", {"severity": "minor"}),
    (_REVIEW, "reopening_review_events_version_key", {"actor": "b"}),
]


@pytest.mark.parametrize("table, constraint, change", TWICE)
def test_that_what_may_be_there_once_is_refused_twice(
    filled: Connection, table: str, constraint: str, change: dict[str, Any]
) -> None:
    with pytest.raises(errors.UniqueViolation) as refused:
        insert(filled, table, **change)
    assert refused.value.diag.constraint_name == constraint


@pytest.mark.parametrize("project_id", ["kern", None])
def test_that_one_profile_is_active_for_a_project_and_key(connection: Connection, project_id: str | None) -> None:
    first = {"project_id": project_id, "is_active": True}
    insert(connection, _PROFILE, **first)
    second = {"scoring_profile_id": OTHER, "content": "[]", "sha256": sha_of("[]")}
    with pytest.raises(errors.UniqueViolation, match="reopen_score_profiles_active"):
        insert(connection, _PROFILE, **first, **second)
    insert(connection, _PROFILE, **second, is_active=True, project_id="another")


def sha_of(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()


REFUSED = [
    "UPDATE ops.reopen_score_profiles SET display_name = 'Q'",
    "UPDATE ops.reopen_score_profiles SET is_active = true, author = 'b'",
    "DELETE FROM ops.reopen_score_profiles",
    "TRUNCATE ops.reopen_score_profiles CASCADE",
    "UPDATE ops.reopen_profile_audit SET actor = 'b'",
    "DELETE FROM ops.reopen_profile_audit",
    "TRUNCATE ops.reopen_profile_audit",
    "UPDATE ops.reopen_ranking_runs SET candidate_count = 2",
    "UPDATE ops.well_bypassed_candidates SET sw = 0.1",
    "UPDATE ops.well_reopening_targets SET total_score = 0.1",
    "UPDATE ops.reopening_review_events SET note = 'n'",
    "DELETE FROM ops.reopening_review_events",
    "TRUNCATE ops.reopening_review_events",
    "UPDATE ops.worklist_exports SET actor = 'b'",
    "DELETE FROM ops.worklist_exports",
    "TRUNCATE ops.worklist_exports",
]


@pytest.mark.parametrize("change", REFUSED)
def test_that_what_was_ranked_or_said_never_changes(filled: Connection, change: str) -> None:
    # Not even by a session that plays replication, which triggers are not for.
    filled.execute("SET session_replication_role = replica")
    with pytest.raises(errors.InsufficientPrivilege, match="refused"):
        filled.execute(change)


def test_that_a_profile_may_become_active_and_no_longer(filled: Connection) -> None:
    for active in (True, False):
        filled.execute("UPDATE ops.reopen_score_profiles SET is_active = %s", [active])


def test_that_a_run_that_was_reviewed_cannot_be_deleted(filled: Connection) -> None:
    with pytest.raises(errors.ForeignKeyViolation, match="reopening_review_events"):
        filled.execute("DELETE FROM ops.reopen_ranking_runs")


def review(connection: Connection, **change: Any) -> tuple[Any, ...] | None:
    given = {"reopening_target_id": ID, "expected": 1, "state": None, "note": None, "actor": "b"} | change
    return connection.execute(sql.query("insert_review_event"), given).fetchone()


def test_that_a_review_needs_the_version_that_its_author_saw(filled: Connection) -> None:
    assert review(filled, expected=0, note="I did not see the first.") is None
    assert review(filled, expected=2, note="Nobody said anything yet.") is None
    assert review(filled, note="A note alone.") == (2,)
    with pytest.raises(errors.CheckViolation, match="note_check"):
        review(filled, expected=2, state="rejected")
    assert review(filled, expected=2, state="rejected", note="Wet.") == (3,)
    events = filled.execute(sql.query("select_review_events"), {"target_key": ID}).fetchall()
    assert [(row[4], row[5], row[6], row[7]) for row in events] == [
        (1, "unreviewed", "accepted", None),
        (2, "accepted", "accepted", "A note alone."),
        (3, "accepted", "rejected", "Wet."),
    ]
    assert filled.execute("SELECT version, state FROM ops.target_reviews").fetchall() == [(3, "rejected")]


@pytest.mark.parametrize(
    "table, column, model, field",
    [
        (_TARGET, "historic_payload_class", ReopeningTarget, "historic_payload_class"),
        (_TARGET, "remaining_payload_class", ReopeningTarget, "remaining_payload_class"),
        (_TARGET, "depletion_risk", ReopeningTarget, "depletion_risk"),
        (_TARGET, "operability_status", ReopeningTarget, "operability_status"),
        (_TARGET, "data_confidence", ReopeningTarget, "data_confidence"),
        (_TARGET, "position_confidence", ReopeningTarget, "position_confidence"),
        ("well_data_gaps", "severity", Gap, "severity"),
        ("well_data_gaps", "promotion_action", Gap, "promotion_action"),
        (_REVIEW, "state", Review, "state"),
        (_REVIEW, "previous_state", Review, "state"),
        (_REVIEW, "classification", ReopeningTarget, "classification"),
    ],
)
def test_that_the_words_of_a_column_are_those_of_the_contract(
    migrated: str, table: str, column: str, model: Any, field: str
) -> None:
    checks = [row[4] for row in catalog(migrated)["constraints"] if row[:2] == (table, f"{table}_{column}_check")]
    assert [set(re.findall(r"'(\w+)'::text", check)) for check in checks] == [words(model, field)]


def test_that_completions_are_those_of_the_contract(migrated: str) -> None:
    [check] = [row[4] for row in catalog(migrated)["constraints"] if row[1].endswith("completion_status_check")]
    assert set(re.findall(r"'(\w+)'::text", check)) == set(get_args(CompletionStatus))
