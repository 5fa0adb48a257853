-- Who may do what: run once by an administrator, in our database, after the first `welltegra db migrate`.
--
-- The owner of the tables migrates, and nothing else connects as it: an owner may switch a trigger off. Give the
-- roles to users of your own:
--     CREATE ROLE recorder_of_rig_7 LOGIN PASSWORD '...' IN ROLE welltegra_recorder;

CREATE ROLE welltegra_recorder NOLOGIN;
CREATE ROLE welltegra_reader NOLOGIN;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO welltegra_recorder, welltegra_reader;
GRANT INSERT
    ON audit, alerts, violation_messages, captures, captured_samples, dead_letters
    TO welltegra_recorder;
GRANT INSERT, UPDATE ON consumed_offsets TO welltegra_recorder;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO welltegra_recorder, welltegra_reader;

-- The reopening worklist: who ranks, who reviews, who keeps profiles.

CREATE ROLE welltegra_ranker NOLOGIN;
CREATE ROLE welltegra_reviewer NOLOGIN;
CREATE ROLE welltegra_profile_keeper NOLOGIN;

GRANT USAGE ON SCHEMA ops TO welltegra_reader, welltegra_ranker, welltegra_reviewer, welltegra_profile_keeper;
GRANT SELECT ON ALL TABLES IN SCHEMA ops
    TO welltegra_reader, welltegra_ranker, welltegra_reviewer, welltegra_profile_keeper;
ALTER DEFAULT PRIVILEGES IN SCHEMA ops
    GRANT SELECT ON TABLES TO welltegra_reader, welltegra_ranker, welltegra_reviewer, welltegra_profile_keeper;
-- All of them find out first whether the database is as they need it.
GRANT SELECT ON schema_migrations TO welltegra_ranker, welltegra_reviewer, welltegra_profile_keeper;
GRANT INSERT
    ON ops.input_snapshots, ops.input_sources, ops.input_wells, ops.input_production, ops.discovery_runs,
        ops.well_bypassed_candidates, ops.interval_log_strips, ops.reopen_ranking_runs, ops.well_reopening_targets,
        ops.well_data_gaps
    TO welltegra_ranker;
GRANT UPDATE ON ops.reopen_ranking_runs TO welltegra_ranker;
-- Owner and due date are people's.
GRANT UPDATE (gap_domain, severity, promotion_action, detail, resolved_run, resolved_at, times_reopened)
    ON ops.well_data_gaps
    TO welltegra_ranker;
GRANT INSERT ON ops.reopening_review_events TO welltegra_reviewer;
GRANT UPDATE (owner, due_date) ON ops.well_data_gaps TO welltegra_reviewer;
GRANT INSERT ON ops.reopen_score_profiles, ops.reopen_profile_audit TO welltegra_profile_keeper;
GRANT UPDATE (is_active) ON ops.reopen_score_profiles TO welltegra_profile_keeper;

-- The server of the worklist: who keeps the doors, and who keeps the house.

CREATE ROLE welltegra_gatekeeper NOLOGIN;
CREATE ROLE welltegra_platform NOLOGIN;

GRANT SELECT ON schema_migrations TO welltegra_gatekeeper, welltegra_platform;
GRANT USAGE ON SCHEMA access TO welltegra_gatekeeper, welltegra_platform;
-- Of a key only that it was used; a session comes and goes.
GRANT SELECT ON access.members, access.api_keys TO welltegra_gatekeeper;
GRANT UPDATE (last_used_at) ON access.api_keys TO welltegra_gatekeeper;
GRANT SELECT, INSERT, DELETE ON access.sessions TO welltegra_gatekeeper;
GRANT UPDATE (seen_at) ON access.sessions TO welltegra_gatekeeper;

GRANT USAGE ON SCHEMA ops TO welltegra_platform;
GRANT SELECT ON ALL TABLES IN SCHEMA ops TO welltegra_platform;
ALTER DEFAULT PRIVILEGES IN SCHEMA ops GRANT SELECT ON TABLES TO welltegra_platform;
-- Triggers alone write to access.changes, so that what is done there cannot be left out or made up.
GRANT SELECT, INSERT, DELETE ON access.members TO welltegra_platform;
GRANT UPDATE (role, granted_by, granted_at) ON access.members TO welltegra_platform;
GRANT SELECT ON access.changes TO welltegra_platform;
GRANT SELECT, INSERT ON access.api_keys TO welltegra_platform;
GRANT UPDATE (revoked_at, revoked_by) ON access.api_keys TO welltegra_platform;
GRANT INSERT ON ops.reopen_score_profiles, ops.reopen_profile_audit TO welltegra_platform;
GRANT UPDATE (is_active) ON ops.reopen_score_profiles TO welltegra_platform;

GRANT INSERT ON ops.ranking_jobs TO welltegra_ranker;
-- How far a job is; what was asked for, by whom and why, stays as it was.
GRANT UPDATE (state, stage, done, total, started_at, finished_at, heard_at, attempts, run_id, error)
    ON ops.ranking_jobs
    TO welltegra_ranker;
GRANT INSERT ON ops.input_overrides, ops.worklist_exports TO welltegra_reviewer;
GRANT UPDATE (withdrawn_at, withdrawn_by) ON ops.input_overrides TO welltegra_reviewer;
