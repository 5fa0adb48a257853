"""Rows of the tables that hold what people do with the worklist: of each one that is taken, and those that are not."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

ID = "00000000-0000-5000-8000-000000000001"
AT = "2026-01-01Z"
LATER = "2026-01-02Z"
COMPONENTS = ("static", "dynamic", "operability", "confidence")

# In schema ops; ops.worklist_rows and ops.review_states are filled by triggers, and refuse nothing of their own.
OPS: dict[str, dict[str, Any]] = {
    "worklist_rows": {
        "run_id": ID,
        "reopening_target_id": ID,
        "target_key": ID,
        **{f"{name}_score": 0.5 for name in (*COMPONENTS, "total")},
        "total_potential": 0.5,
        "target_rank": 1,
        "has_spatial_gap": False,
        "has_action": False,
        "classification": "C",
        **dict.fromkeys(("remaining_payload_class", "depletion_risk", "operability_status"), "unknown"),
        "data_confidence": "low",
        "well_id": "W-1",
    },
    "review_states": {
        "target_key": "00000000-0000-5000-8000-000000000009",
        "project_id": "kern",
        "event_id": 1,
        "version": 1,
        "state": "accepted",
        "actor": "a",
        "at": AT,
        "classification": "C",
        "total_score": 0.5,
    },
    "ranking_jobs": {"project_id": "kern", "requested_by": "a"},
    "input_overrides": {
        "project_id": "kern",
        "well_id": "W-1",
        "input": "pressure_ratio",
        "value": "0.8",
        "reason": "Measured.",
        "author": "a",
    },
    "worklist_exports": {
        "project_id": "kern",
        "run_id": ID,
        "actor": "a",
        "format": "csv",
        "query": "",
        "targets": 0,
    },
}
ACCESS: dict[str, dict[str, Any]] = {
    "members": {"subject": "a", "project_id": "kern", "role": "viewer", "granted_by": "b"},
    "api_keys": {
        "secret_hash": b"a" * 32,
        "prefix": "wtg_abcdef",
        "name": "historian",
        "role": "source",
        "created_by": "a",
        "created_at": AT,
        "expires_at": LATER,
    },
    "sessions": {
        "id_hash": b"a" * 32,
        "subject": "a",
        "roles": Jsonb({"kern": "viewer"}),
        "how": "oidc",
        "csrf": "c" * 32,
        "created_at": AT,
        "expires_at": LATER,
    },
    "changes": {
        "actor": "b",
        "what": "member_set",
        "project_id": "kern",
        "subject": "a",
        "after": Jsonb({"role": "viewer"}),
    },
}
_JOB = "ranking_jobs"
_OVERRIDE = "input_overrides"
_EXPORT = "worklist_exports"
_ROLE = Jsonb({"role": "viewer"})
_KEY_CREATED = {"what": "key_created", "subject": None, "key_id": ID, "key_name": "k"}
_RUNNING = {"state": "running", "started_at": AT, "heard_at": AT}

# The table, the constraint, what is bad.
BAD_OPS: list[tuple[str, str, dict[str, Any]]] = [
    (_JOB, "project_id_check", {"project_id": ""}),
    (_JOB, "profile_key_check", {"profile_key": ""}),
    (_JOB, "state_check", {"state": "lost", "started_at": AT}),
    (_JOB, "stage_check", {"stage": ""}),
    (_JOB, "requested_by_check", {"requested_by": " "}),
    (_JOB, "reason_check", {"reason": " "}),
    (_JOB, "attempts_check", {"attempts": -1}),
    (_JOB, "error_check", {"state": "failed", "started_at": AT, "finished_at": AT, "error": ""}),
    (_JOB, "done_check", {"done": 1}),
    (_JOB, "done_check", {"done": -1, "total": 1}),
    (_JOB, "started_check", {"state": "running"}),
    (_JOB, "started_check", {"state": "running", "started_at": AT}),
    (_JOB, "started_check", {"started_at": AT}),
    (_JOB, "ended_check", {"finished_at": AT}),
    (_JOB, "ended_check", {"run_id": ID}),
    (_JOB, "ended_check", {"error": "e"}),
    (_JOB, "ended_check", _RUNNING | {"finished_at": AT}),
    (_JOB, "ended_check", {"state": "succeeded", "run_id": ID}),
    (_JOB, "ended_check", {"state": "succeeded", "finished_at": AT}),
    (_JOB, "ended_check", {"state": "succeeded", "finished_at": AT, "run_id": ID, "error": "e"}),
    (_JOB, "ended_check", {"state": "failed", "finished_at": AT}),
    (_OVERRIDE, "project_id_check", {"project_id": ""}),
    (_OVERRIDE, "well_id_check", {"well_id": ""}),
    (_OVERRIDE, "zone_check", {"zone": ""}),
    (_OVERRIDE, "input_check", {"input": ""}),
    (_OVERRIDE, "value_check", {"value": " "}),
    (_OVERRIDE, "reason_check", {"reason": " "}),
    (_OVERRIDE, "author_check", {"author": ""}),
    (_OVERRIDE, "withdrawn_check1", {"withdrawn_at": AT}),
    (_OVERRIDE, "withdrawn_check1", {"withdrawn_by": "b"}),
    (_OVERRIDE, "withdrawn_by_check", {"withdrawn_at": AT, "withdrawn_by": " "}),
    (_EXPORT, "project_id_check", {"project_id": ""}),
    (_EXPORT, "actor_check", {"actor": " "}),
    (_EXPORT, "format_check", {"format": "exe"}),
    (_EXPORT, "targets_check", {"targets": -1}),
]
BAD_ACCESS: list[tuple[str, str, dict[str, Any]]] = [
    ("members", "subject_check", {"subject": " "}),
    ("members", "project_id_check", {"project_id": ""}),
    ("members", "role_check", {"role": "owner"}),
    ("members", "granted_by_check", {"granted_by": ""}),
    ("members", "platform_check", {"role": "platform_admin"}),
    ("api_keys", "secret_hash_check", {"secret_hash": b"a"}),
    ("api_keys", "prefix_check", {"prefix": "wtg"}),
    ("api_keys", "prefix_check", {"prefix": "wtg_and_all_the_rest"}),
    ("api_keys", "name_check", {"name": " "}),
    ("api_keys", "project_id_check", {"project_id": ""}),
    ("api_keys", "role_check", {"role": "owner"}),
    ("api_keys", "created_by_check", {"created_by": ""}),
    ("api_keys", "expires_check", {"expires_at": AT}),
    ("api_keys", "platform_check", {"role": "platform_admin", "project_id": "kern"}),
    ("api_keys", "revoked_check", {"revoked_at": AT}),
    ("api_keys", "revoked_check", {"revoked_by": "b"}),
    ("api_keys", "revoked_by_check", {"revoked_at": AT, "revoked_by": " "}),
    ("sessions", "id_hash_check", {"id_hash": b""}),
    ("sessions", "subject_check", {"subject": " "}),
    ("sessions", "roles_check", {"roles": Jsonb([])}),
    ("sessions", "how_check", {"how": "guess"}),
    ("sessions", "csrf_check", {"csrf": "short"}),
    ("sessions", "expires_check", {"expires_at": AT}),
    ("changes", "actor_check", {"actor": " "}),
    ("changes", "what_check", {"what": "let_in", "subject": None, "after": None, "before": _ROLE}),
    ("changes", "project_id_check", {"project_id": ""}),
    ("changes", "before_check", {"before": Jsonb("viewer")}),
    ("changes", "after_check", {"after": Jsonb(["viewer"])}),
    ("changes", "of_check", {"subject": None}),
    ("changes", "of_check", {"key_id": ID, "key_name": "k"}),
    ("changes", "of_check", {"key_name": "k"}),
    ("changes", "of_check", _KEY_CREATED | {"subject": "a"}),
    ("changes", "of_check", _KEY_CREATED | {"key_name": None}),
    ("changes", "of_check", _KEY_CREATED | {"key_id": None}),
    ("changes", "sides_check", {"after": None}),
    ("changes", "sides_check", {"what": "member_removed"}),
    ("changes", "sides_check", {"what": "member_removed", "after": None}),
    ("changes", "sides_check", {"what": "member_removed", "before": _ROLE}),
    ("changes", "sides_check", _KEY_CREATED | {"before": _ROLE}),
    ("changes", "sides_check", _KEY_CREATED | {"after": None}),
    ("changes", "sides_check", _KEY_CREATED | {"what": "key_revoked"}),
    ("changes", "sides_check", _KEY_CREATED | {"what": "key_revoked", "after": None}),
]
