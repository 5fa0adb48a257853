-- The worklist as people work in it, and who may come in: see schema.sql.

-- The worklist as people work in it: what its filters and columns need in few bytes, jobs, overrides and exports.

CREATE TABLE ops.worklist_rows (
    run_id                   uuid             NOT NULL REFERENCES ops.reopen_ranking_runs (run_id) ON DELETE CASCADE,
    reopening_target_id      uuid             NOT NULL,
    target_key               uuid             NOT NULL,
    total_score              double precision NOT NULL,
    total_potential          double precision NOT NULL,
    static_score             double precision NOT NULL,
    dynamic_score            double precision NOT NULL,
    operability_score        double precision NOT NULL,
    confidence_score         double precision NOT NULL,
    evidence_completeness    double precision,
    unswept_volume_m3        double precision,
    target_rank              integer          NOT NULL,
    has_spatial_gap          boolean          NOT NULL,
    has_action               boolean          NOT NULL,
    classification           text             NOT NULL,
    remaining_payload_class  text             NOT NULL,
    depletion_risk           text             NOT NULL,
    operability_status       text             NOT NULL,
    data_confidence          text             NOT NULL,
    well_id                  text             NOT NULL,
    well_name                text,
    field                    text,
    reservoir                text,
    PRIMARY KEY (run_id, target_rank)
);
COMMENT ON TABLE ops.worklist_rows IS 'What filters and sorting read of each target of a run that has become current.';
CREATE INDEX worklist_rows_well ON ops.worklist_rows (run_id, well_id);
CREATE INDEX worklist_rows_key ON ops.worklist_rows (target_key, run_id);

CREATE TABLE ops.review_states (
    target_key      uuid             PRIMARY KEY,
    project_id      text             NOT NULL,
    event_id        bigint           NOT NULL,
    version         integer          NOT NULL,
    state           text             NOT NULL,
    actor           text             NOT NULL,
    at              timestamptz      NOT NULL,
    classification  text             NOT NULL,
    total_score     double precision NOT NULL
);
COMMENT ON TABLE ops.review_states IS 'What ops.target_reviews says, kept, so that a filter need not go through all events.';
COMMENT ON COLUMN ops.review_states.actor IS 'Of the last event, as are at, and classification and total_score, which they saw.';
CREATE INDEX review_states_project ON ops.review_states (project_id) INCLUDE (version);

CREATE TABLE ops.ranking_jobs (
    job_id        uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id    text        NOT NULL CHECK (project_id <> ''),
    profile_key   text        CHECK (profile_key IS NULL OR profile_key <> ''),
    state         text        NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
    stage         text        CHECK (stage IS NULL OR stage <> ''),
    done          integer     NOT NULL DEFAULT 0,
    total         integer     NOT NULL DEFAULT 0,
    requested_by  text        NOT NULL CHECK (btrim(requested_by) <> ''),
    reason        text        CHECK (reason IS NULL OR btrim(reason) <> ''),
    queued_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at    timestamptz,
    finished_at   timestamptz,
    heard_at      timestamptz,
    attempts      integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    run_id        uuid,
    error         text        CHECK (error IS NULL OR error <> ''),
    CONSTRAINT ranking_jobs_done_check CHECK (done BETWEEN 0 AND total),
    CONSTRAINT ranking_jobs_started_check CHECK (
        (state <> 'running' OR (started_at IS NOT NULL AND heard_at IS NOT NULL))
        AND (state <> 'queued' OR started_at IS NULL)
    ),
    CONSTRAINT ranking_jobs_ended_check CHECK (
        (state IN ('succeeded', 'failed')) = (finished_at IS NOT NULL)
        AND (state = 'succeeded') = (run_id IS NOT NULL)
        AND (state = 'failed') = (error IS NOT NULL)
    )
);
COMMENT ON TABLE ops.ranking_jobs IS 'Rankings that were asked for, and how far each is; one of a project at a time.';
COMMENT ON COLUMN ops.ranking_jobs.profile_key IS 'To rank by; null for the one that the project names.';
COMMENT ON COLUMN ops.ranking_jobs.done IS 'Wells of total.';
COMMENT ON COLUMN ops.ranking_jobs.heard_at IS 'When who runs it last said so.';
COMMENT ON COLUMN ops.ranking_jobs.attempts IS 'How often it was begun; who began it before may write to it no more.';
CREATE UNIQUE INDEX ranking_jobs_active ON ops.ranking_jobs (project_id) WHERE state IN ('queued', 'running');
CREATE INDEX ranking_jobs_queue ON ops.ranking_jobs (queued_at) WHERE state = 'queued';
CREATE INDEX ranking_jobs_project ON ops.ranking_jobs (project_id, queued_at);

CREATE TABLE ops.input_overrides (
    override_id   bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    project_id    text        NOT NULL CHECK (project_id <> ''),
    well_id       text        NOT NULL CHECK (well_id <> ''),
    zone          text        CHECK (zone IS NULL OR zone <> ''),
    input         text        NOT NULL CHECK (input <> ''),
    value         text        NOT NULL CHECK (btrim(value) <> ''),
    reason        text        NOT NULL CHECK (btrim(reason) <> ''),
    author        text        NOT NULL CHECK (btrim(author) <> ''),
    stated_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    withdrawn_at  timestamptz,
    withdrawn_by  text        CHECK (withdrawn_by IS NULL OR btrim(withdrawn_by) <> ''),
    CONSTRAINT input_overrides_withdrawn_check1 CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
COMMENT ON TABLE ops.input_overrides IS 'Inputs that people state in place of what the data say; the next ranking uses them.';
COMMENT ON COLUMN ops.input_overrides.zone IS 'Null for every interval of the well.';
COMMENT ON COLUMN ops.input_overrides.withdrawn_at IS 'Since when it holds no more; a later one for the same takes its place, too.';
CREATE INDEX input_overrides_project ON ops.input_overrides (project_id, well_id);

CREATE TABLE ops.worklist_exports (
    export_id  bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    project_id text        NOT NULL CHECK (project_id <> ''),
    run_id     uuid        NOT NULL,
    actor      text        NOT NULL CHECK (btrim(actor) <> ''),
    format     text        NOT NULL CHECK (format IN ('csv', 'parquet', 'json', 'xlsx')),
    query      text        NOT NULL,
    targets    integer     NOT NULL CHECK (targets >= 0)
);
COMMENT ON TABLE ops.worklist_exports IS 'Who took which targets out, and when; INSERT-only.';
COMMENT ON COLUMN ops.worklist_exports.query IS 'Filters and order as a query string; of a selection, how many were selected.';
CREATE INDEX worklist_exports_project ON ops.worklist_exports (project_id, export_id);

CREATE INDEX input_sources_well ON ops.input_sources (project_id, input_sha256, well_id);
CREATE INDEX input_wells_place ON ops.input_wells USING gist (point(x_m, y_m))
    WHERE x_m IS NOT NULL AND y_m IS NOT NULL;
CREATE INDEX reopen_ranking_runs_project ON ops.reopen_ranking_runs (project_id, became_current_at);
CREATE INDEX input_snapshots_read ON ops.input_snapshots (project_id, read_at);

CREATE FUNCTION ops.fill_worklist() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = ''
    AS $$
BEGIN
    INSERT INTO ops.worklist_rows (
        run_id, reopening_target_id, target_key, total_score, total_potential, static_score, dynamic_score,
        operability_score, confidence_score, evidence_completeness, unswept_volume_m3, target_rank, has_spatial_gap,
        has_action, classification, remaining_payload_class, depletion_risk, operability_status, data_confidence,
        well_id, well_name, field, reservoir
    )
    SELECT
        run_id, reopening_target_id, target_key, total_score, total_potential, static_score, dynamic_score,
        operability_score, confidence_score, evidence_completeness, unswept_volume_m3, target_rank, has_spatial_gap,
        recommended_action IS NOT NULL, classification, remaining_payload_class, depletion_risk, operability_status,
        data_confidence, well_id, well_name, field, reservoir
    FROM ops.well_reopening_targets
    WHERE run_id = NEW.run_id AND NOT EXISTS (SELECT FROM ops.worklist_rows WHERE run_id = NEW.run_id)
    ORDER BY target_rank;
    PERFORM pg_catalog.pg_notify(
        'welltegra',
        pg_catalog.json_build_object('kind', 'ranking', 'project_id', NEW.project_id, 'run_id', NEW.run_id)::text
    );
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION ops.fill_worklist() IS 'Lays out what filters read of a run that has become current, and tells who listens.';

CREATE FUNCTION ops.keep_review_state() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = ''
    AS $$
BEGIN
    INSERT INTO ops.review_states AS known (
        target_key, project_id, event_id, version, state, actor, at, classification, total_score
    )
    VALUES (
        NEW.target_key, NEW.project_id, NEW.event_id, NEW.version, NEW.state, NEW.actor, NEW.at, NEW.classification,
        NEW.total_score
    )
    ON CONFLICT (target_key) DO UPDATE SET
        event_id = EXCLUDED.event_id,
        version = EXCLUDED.version,
        state = EXCLUDED.state,
        actor = EXCLUDED.actor,
        at = EXCLUDED.at,
        classification = EXCLUDED.classification,
        total_score = EXCLUDED.total_score
    WHERE EXCLUDED.version > known.version;
    PERFORM pg_catalog.pg_notify(
        'welltegra', pg_catalog.json_build_object('kind', 'review', 'project_id', NEW.project_id)::text
    );
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION ops.keep_review_state() IS 'Keeps ops.review_states, and tells who listens.';

CREATE FUNCTION ops.tell_job() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = ''
    AS $$
BEGIN
    PERFORM pg_catalog.pg_notify(
        'welltegra',
        pg_catalog.json_build_object(
            'kind', 'job', 'project_id', NEW.project_id, 'job_id', NEW.job_id, 'state', NEW.state
        )::text
    );
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION ops.tell_job() IS 'Tells who listens that a job is new or further.';

CREATE TRIGGER reopen_ranking_runs_fill_worklist AFTER UPDATE OF is_current ON ops.reopen_ranking_runs
    FOR EACH ROW WHEN (NEW.is_current AND NOT OLD.is_current) EXECUTE FUNCTION ops.fill_worklist();
CREATE TRIGGER reopening_review_events_keep_state AFTER INSERT ON ops.reopening_review_events
    FOR EACH ROW EXECUTE FUNCTION ops.keep_review_state();
CREATE TRIGGER ranking_jobs_tell AFTER INSERT OR UPDATE ON ops.ranking_jobs
    FOR EACH ROW EXECUTE FUNCTION ops.tell_job();
CREATE TRIGGER worklist_exports_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ops.worklist_exports
    FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();
ALTER TABLE ops.worklist_exports ENABLE ALWAYS TRIGGER worklist_exports_refuse_change;

-- Who may come in. A schema of its own: what everyone may read of ops must not reach it.

CREATE SCHEMA access;
COMMENT ON SCHEMA access IS 'Who may come in: members of projects, keys of programs, sessions of browsers.';

CREATE TABLE access.members (
    subject     text        NOT NULL CHECK (btrim(subject) <> ''),
    project_id  text        NOT NULL CHECK (project_id <> ''),
    role        text        NOT NULL CHECK (role IN ('viewer', 'operator', 'project_admin', 'platform_admin')),
    granted_by  text        NOT NULL CHECK (btrim(granted_by) <> ''),
    granted_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (subject, project_id),
    CONSTRAINT members_platform_check CHECK (role <> 'platform_admin' OR project_id = '*')
);
COMMENT ON TABLE access.members IS 'Who has which role in which project; project_id * is every project.';

CREATE TABLE access.api_keys (
    key_id        uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    secret_hash   bytea       NOT NULL UNIQUE CHECK (octet_length(secret_hash) = 32),
    prefix        text        NOT NULL CHECK (length(prefix) BETWEEN 4 AND 12),
    name          text        NOT NULL CHECK (btrim(name) <> ''),
    project_id    text        CHECK (project_id IS NULL OR project_id <> ''),
    role          text        NOT NULL CHECK (
        role IN ('viewer', 'operator', 'project_admin', 'platform_admin', 'source')
    ),
    scopes        text[]      NOT NULL DEFAULT '{}',
    created_by    text        NOT NULL CHECK (btrim(created_by) <> ''),
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at    timestamptz NOT NULL,
    revoked_at    timestamptz,
    revoked_by    text        CHECK (revoked_by IS NULL OR btrim(revoked_by) <> ''),
    last_used_at  timestamptz,
    CONSTRAINT api_keys_expires_check CHECK (expires_at > created_at),
    CONSTRAINT api_keys_platform_check CHECK (role <> 'platform_admin' OR project_id IS NULL),
    CONSTRAINT api_keys_revoked_check CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
COMMENT ON TABLE access.api_keys IS 'Keys of programs. The secret is long and random, so its plain SHA-256 is enough to keep.';
COMMENT ON COLUMN access.api_keys.prefix IS 'The first characters of the secret, to tell it by.';
COMMENT ON COLUMN access.api_keys.project_id IS 'Null for every project.';
COMMENT ON COLUMN access.api_keys.scopes IS 'What it is confined to; empty for all that its role may.';

CREATE TABLE access.sessions (
    id_hash     bytea       PRIMARY KEY CHECK (octet_length(id_hash) = 32),
    subject     text        NOT NULL CHECK (btrim(subject) <> ''),
    name        text,
    roles       jsonb       NOT NULL CHECK (jsonb_typeof(roles) = 'object'),
    how         text        NOT NULL CHECK (how IN ('oidc', 'local')),
    csrf        text        NOT NULL CHECK (length(csrf) >= 32),
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at  timestamptz NOT NULL,
    CONSTRAINT sessions_expires_check CHECK (expires_at > created_at)
);
COMMENT ON TABLE access.sessions IS 'Who is signed in at a browser; the id in its cookie is kept as a SHA-256 alone.';
COMMENT ON COLUMN access.sessions.roles IS 'By project, * for every one; as they were at sign-in.';
CREATE INDEX sessions_expiry ON access.sessions (expires_at);
CREATE INDEX sessions_subject ON access.sessions (subject);

-- What was there before: the same rows that the triggers would have made.
INSERT INTO ops.worklist_rows (
    run_id, reopening_target_id, target_key, total_score, total_potential, static_score, dynamic_score,
    operability_score, confidence_score, evidence_completeness, unswept_volume_m3, target_rank, has_spatial_gap,
    has_action, classification, remaining_payload_class, depletion_risk, operability_status, data_confidence,
    well_id, well_name, field, reservoir
)
SELECT
    run_id, reopening_target_id, target_key, total_score, total_potential, static_score, dynamic_score,
    operability_score, confidence_score, evidence_completeness, unswept_volume_m3, target_rank, has_spatial_gap,
    recommended_action IS NOT NULL, classification, remaining_payload_class, depletion_risk, operability_status,
    data_confidence, well_id, well_name, field, reservoir
FROM ops.well_reopening_targets
ORDER BY run_id, target_rank;

INSERT INTO ops.review_states (
    target_key, project_id, event_id, version, state, actor, at, classification, total_score
)
SELECT DISTINCT ON (target_key)
    target_key, project_id, event_id, version, state, actor, at, classification, total_score
FROM ops.reopening_review_events
ORDER BY target_key, version DESC;
