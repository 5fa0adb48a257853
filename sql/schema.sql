-- What the database is: the records of alerts and violations, and the chain that they hang on; and, in the schema ops,
-- the reopening worklist. The migrations build the same; a test compares the two.
--
-- Of the records, everything but consumed_offsets and schema_migrations is INSERT-only: triggers refuse the rest, and so
-- do the privileges of sql/roles.sql. Times are of events unless a name says otherwise.

CREATE TABLE schema_migrations (
    number      integer     PRIMARY KEY CHECK (number > 0),
    name        text        NOT NULL UNIQUE,
    sha256      text        NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    applied_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE schema_migrations IS 'Which files of sql/migrations were applied, and what each then held.';

CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% is INSERT-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'A record is never changed; what corrects it is a further record.';
END
$$;
COMMENT ON FUNCTION refuse_change() IS 'Refuses every change of a table but INSERT.';

CREATE TABLE audit (
    seq        bigint PRIMARY KEY CHECK (seq > 0),
    kind       text   NOT NULL CHECK (kind IN (
        'alert', 'violation', 'capture', 'conflict', 'dead_letter', 'gap', 'new_topic'
    )),
    record_id  text   NOT NULL,
    body       text   NOT NULL,
    previous   bytea  NOT NULL UNIQUE CHECK (octet_length(previous) = 32),
    hash       bytea  NOT NULL UNIQUE,
    CONSTRAINT audit_hash_check CHECK (hash = sha256(previous || convert_to(body, 'UTF8')))
);
COMMENT ON TABLE audit IS 'The chain: every record in the order of recording, each hashed with the one before it.';
COMMENT ON COLUMN audit.seq IS 'Counts from 1 without a gap.';
COMMENT ON COLUMN audit.record_id IS 'Of the event; of a capture, its violation event; else topic/partition/offset.';
COMMENT ON COLUMN audit.body IS 'Canonical JSON (RFC 8785) of seq, kind, id, at (time of recording), origin and record.';
COMMENT ON COLUMN audit.previous IS 'Hash of the record before; 32 zero bytes for the first.';
COMMENT ON COLUMN audit.hash IS 'SHA-256 of previous, then body in UTF-8.';

CREATE TABLE alerts (
    seq                bigint           PRIMARY KEY REFERENCES audit (seq),
    recorded_at        timestamptz      NOT NULL,
    alert_id           uuid             NOT NULL UNIQUE,
    episode_id         uuid,
    condition_id       text             NOT NULL,
    well_id            text             NOT NULL CHECK (well_id <> ''),
    tag                text             NOT NULL CHECK (tag <> ''),
    constraint_id      text             NOT NULL CHECK (constraint_id <> ''),
    rule_version       bigint           NOT NULL CHECK (rule_version >= 1),
    mode               text             NOT NULL CHECK (mode IN ('shadow', 'advisory', 'confirm', 'enforce')),
    transition         text             NOT NULL CHECK (transition <> ''),
    level              text             NOT NULL CHECK (level IN ('normal', 'yellow', 'red')),
    previous_level     text             NOT NULL CHECK (previous_level IN ('normal', 'yellow', 'red')),
    view               text             NOT NULL CHECK (view IN ('live', 'stale', 'bad')),
    severity           integer          NOT NULL CHECK (severity BETWEEN 1 AND 1000),
    time               timestamptz      NOT NULL,
    value              double precision CHECK (
        value IS NULL OR value NOT IN ('NaN', 'Infinity', '-Infinity')
    ),
    unit               text             NOT NULL,
    limit_value        double precision NOT NULL CHECK (limit_value > 0 AND limit_value NOT IN ('NaN', 'Infinity')),
    percent_of_limit   double precision CHECK (
        percent_of_limit IS NULL OR percent_of_limit NOT IN ('NaN', 'Infinity', '-Infinity')
    ),
    late               boolean          NOT NULL,
    suspect            boolean          NOT NULL,
    breaching_samples  bigint           NOT NULL CHECK (breaching_samples >= 0),
    onset_time         timestamptz,
    message            text             NOT NULL,
    detected_at        timestamptz,
    emitted_at         timestamptz
);
COMMENT ON TABLE alerts IS 'Every alert, once; what else it said stands in the body of its audit record.';
COMMENT ON COLUMN alerts.limit_value IS 'The limit on the side concerned [unit]; limit in the event.';
COMMENT ON COLUMN alerts.value IS 'The reading it was judged on [unit]; null if there never was one.';
CREATE INDEX alerts_well_id_time ON alerts (well_id, time);
CREATE INDEX alerts_episode_id ON alerts (episode_id);

CREATE TABLE violation_messages (
    seq                bigint           PRIMARY KEY REFERENCES audit (seq),
    recorded_at        timestamptz      NOT NULL,
    message_id         uuid             NOT NULL UNIQUE,
    what               text             NOT NULL CHECK (what IN ('opened', 'closed')),
    violation_id       uuid             NOT NULL,
    episode_id         uuid,
    condition_id       text             NOT NULL,
    well_id            text             NOT NULL CHECK (well_id <> ''),
    tag                text             NOT NULL CHECK (tag <> ''),
    constraint_id      text             NOT NULL CHECK (constraint_id <> ''),
    rule_version       bigint           NOT NULL CHECK (rule_version >= 1),
    mode               text             NOT NULL CHECK (mode IN ('shadow', 'advisory', 'confirm', 'enforce')),
    unit               text             NOT NULL,
    limit_value        double precision NOT NULL CHECK (limit_value > 0 AND limit_value NOT IN ('NaN', 'Infinity')),
    started_at         timestamptz      NOT NULL,
    ended_at           timestamptz,
    end_reason         text             CHECK (
        end_reason IS NULL OR end_reason IN ('cleared', 'deescalated', 'withdrawn', 'late')
    ),
    onset_time         timestamptz,
    peak_value         double precision NOT NULL CHECK (peak_value NOT IN ('NaN', 'Infinity', '-Infinity')),
    peak_time          timestamptz      NOT NULL,
    samples            bigint           NOT NULL CHECK (samples >= 0),
    breaching_samples  bigint           NOT NULL CHECK (breaching_samples >= 0),
    bad_samples        bigint           NOT NULL CHECK (bad_samples >= 0),
    suspect_samples    bigint           NOT NULL CHECK (suspect_samples >= 0),
    suspect            boolean          NOT NULL,
    late               boolean          NOT NULL,
    detected_at        timestamptz,
    emitted_at         timestamptz,
    samples_topic      text,
    samples_partition  integer,
    samples_from       bigint,
    samples_at         bigint,
    UNIQUE (violation_id, what),
    CONSTRAINT violation_messages_end_check CHECK ((what = 'closed') = (ended_at IS NOT NULL)),
    CONSTRAINT violation_messages_end_reason_check1 CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
COMMENT ON TABLE violation_messages IS 'Every message about a violation, once: that it opened, that it closed.';
COMMENT ON COLUMN violation_messages.samples_topic IS 'Where the samples around it were, and then partition and offsets; null if unknown.';
CREATE INDEX violation_messages_well_id_started_at ON violation_messages (well_id, started_at);

CREATE VIEW violations AS
    SELECT *
    FROM violation_messages AS said
    WHERE what = 'closed'
        OR NOT EXISTS (
            SELECT FROM violation_messages AS closed
            WHERE closed.violation_id = said.violation_id AND closed.what = 'closed'
        );
COMMENT ON VIEW violations IS 'Every violation as it stands: as its closing message says, or its opening one while it is open.';

CREATE TABLE captures (
    seq             bigint      PRIMARY KEY REFERENCES audit (seq),
    recorded_at     timestamptz NOT NULL,
    message_id      uuid        NOT NULL UNIQUE REFERENCES violation_messages (message_id),
    outcome         text        NOT NULL CHECK (outcome IN ('whole', 'partial', 'cut', 'gone')),
    reason          text        CHECK (reason IS NULL OR reason <> ''),
    around          timestamptz NOT NULL,
    samples         integer     NOT NULL CHECK (samples >= 0),
    samples_sha256  text        NOT NULL CHECK (samples_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT captures_reason_check1 CHECK ((outcome = 'whole') = (reason IS NULL))
);
COMMENT ON TABLE captures IS 'What became of the samples 60 s around each violation message; a message without a row here waits.';
COMMENT ON COLUMN captures.outcome IS 'whole: all that the topic had; partial or gone: retention took some or all; cut: too many.';
COMMENT ON COLUMN captures.around IS 'Event time that they lie within 60 s of.';
COMMENT ON COLUMN captures.samples_sha256 IS 'Over each sample as canonical JSON and a line feed, by position.';

CREATE TABLE captured_samples (
    seq           bigint      NOT NULL REFERENCES captures (seq),
    position      integer     NOT NULL CHECK (position > 0),
    tag           text        NOT NULL CHECK (tag <> ''),
    time          timestamptz NOT NULL,
    value         text,
    unit          text,
    quality       text,
    kafka_offset  bigint      NOT NULL CHECK (kafka_offset >= 0),
    arrived_at    timestamptz NOT NULL,
    PRIMARY KEY (seq, position)
);
COMMENT ON TABLE captured_samples IS 'Samples of the well around a violation message, in the order in which they came.';
COMMENT ON COLUMN captured_samples.value IS 'As it was read, digit for digit; NaN may be among them; null where the source had none.';
COMMENT ON COLUMN captured_samples.unit IS 'As sent; null for the one that the rules declare.';
COMMENT ON COLUMN captured_samples.quality IS 'As sent; null for good.';

CREATE TABLE dead_letters (
    seq              bigint      PRIMARY KEY REFERENCES audit (seq),
    recorded_at      timestamptz NOT NULL,
    topic            text        NOT NULL,
    kafka_partition  integer     NOT NULL CHECK (kafka_partition >= 0),
    kafka_offset     bigint      NOT NULL CHECK (kafka_offset >= 0),
    reason           text        NOT NULL CHECK (reason <> ''),
    raw              bytea       NOT NULL
);
COMMENT ON TABLE dead_letters IS 'Messages of the topics of alerts and violations that could not be recorded as such.';
COMMENT ON COLUMN dead_letters.raw IS 'The value, byte for byte; empty also where there was none.';

CREATE TABLE consumed_offsets (
    topic            text        NOT NULL,
    kafka_partition  integer     NOT NULL CHECK (kafka_partition >= 0),
    topic_id         text        NOT NULL,
    next_offset      bigint      NOT NULL CHECK (next_offset >= 0),
    PRIMARY KEY (topic, kafka_partition)
);
COMMENT ON TABLE consumed_offsets IS 'How far each topic is recorded; written in the transaction that records.';
COMMENT ON COLUMN consumed_offsets.topic_id IS 'Of the broker: a topic that was made anew has another.';

CREATE TRIGGER audit_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER alerts_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON alerts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER violation_messages_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON violation_messages
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER captures_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON captures
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER captured_samples_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON captured_samples
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dead_letters_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON dead_letters
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Also for a session that plays replication; without this, it would pass them by.
ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_refuse_change;
ALTER TABLE alerts ENABLE ALWAYS TRIGGER alerts_refuse_change;
ALTER TABLE violation_messages ENABLE ALWAYS TRIGGER violation_messages_refuse_change;
ALTER TABLE captures ENABLE ALWAYS TRIGGER captures_refuse_change;
ALTER TABLE captured_samples ENABLE ALWAYS TRIGGER captured_samples_refuse_change;
ALTER TABLE dead_letters ENABLE ALWAYS TRIGGER dead_letters_refuse_change;

-- The reopening worklist: what was read, what discovery found in it, how it was ranked, and what people said of it.
--
-- A run is written in one transaction and never changed but for is_current. A CHECK that comes to NULL passes, so each
-- that could is wrapped in COALESCE(..., false). Depths are [m], positive down; lengths [m]; scores [-] from 0 to 1.

CREATE SCHEMA ops;
COMMENT ON SCHEMA ops IS 'Reopening: profiles, rankings, gaps and reviews.';

CREATE FUNCTION ops.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'ops.% is INSERT-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'What was ranked or said is never changed; a further run or a further note takes its place.';
END
$$;
COMMENT ON FUNCTION ops.refuse_change() IS 'Refuses every change that it is asked about.';

CREATE FUNCTION ops.keep_profile() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF to_jsonb(NEW) - 'is_active' IS DISTINCT FROM to_jsonb(OLD) - 'is_active' THEN
        RAISE EXCEPTION 'ops.reopen_score_profiles: only is_active may change; UPDATE is refused'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Propose a new profile, and activate that.';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION ops.keep_profile() IS 'Lets nothing of a profile change but whether it is active.';

CREATE FUNCTION ops.keep_run() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.status = 'succeeded' AND to_jsonb(NEW) - 'is_current' - 'became_current_at'
        IS DISTINCT FROM to_jsonb(OLD) - 'is_current' - 'became_current_at'
    THEN
        RAISE EXCEPTION 'ops.reopen_ranking_runs: of a run that succeeded only is_current may change; UPDATE is refused'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Rank again; the new run takes its place, and this one stays as history.';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION ops.keep_run() IS 'Lets nothing of a run that succeeded change but whether it is the current one.';

CREATE TABLE ops.reopen_score_profiles (
    scoring_profile_id  uuid        PRIMARY KEY,
    project_id          text        CHECK (project_id IS NULL OR project_id <> ''),
    profile_key         text        NOT NULL CHECK (profile_key <> ''),
    display_name        text        NOT NULL CHECK (display_name <> ''),
    weights             jsonb       NOT NULL,
    archie_defaults     jsonb       NOT NULL CHECK (jsonb_typeof(archie_defaults) = 'object'),
    gating_rules        jsonb       NOT NULL CHECK (jsonb_typeof(gating_rules) = 'object'),
    scoring_version     text        NOT NULL CHECK (scoring_version <> ''),
    is_active           boolean     NOT NULL DEFAULT false,
    content             text        NOT NULL,
    sha256              text        NOT NULL,
    parent_id           uuid        REFERENCES ops.reopen_score_profiles (scoring_profile_id),
    change_reason       text        NOT NULL CHECK (btrim(change_reason) <> ''),
    author              text        NOT NULL CHECK (btrim(author) <> ''),
    created_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT reopen_score_profiles_sha256_check CHECK (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex')),
    CONSTRAINT reopen_score_profiles_weights_check CHECK (COALESCE(
        (weights ->> 'static')::double precision >= 0
        AND (weights ->> 'dynamic')::double precision >= 0
        AND (weights ->> 'operability')::double precision >= 0
        AND (weights ->> 'confidence')::double precision >= 0
        AND abs(
            (weights ->> 'static')::double precision
            + (weights ->> 'dynamic')::double precision
            + (weights ->> 'operability')::double precision
            + (weights ->> 'confidence')::double precision
            - 1
        ) < 1e-9,
        false
    ))
);
COMMENT ON TABLE ops.reopen_score_profiles IS 'Every version of every scoring profile; only is_active ever changes.';
COMMENT ON COLUMN ops.reopen_score_profiles.project_id IS 'Null for a canonical profile, which is every project''s.';
COMMENT ON COLUMN ops.reopen_score_profiles.content IS 'The whole profile as canonical JSON (RFC 8785).';
COMMENT ON COLUMN ops.reopen_score_profiles.sha256 IS 'SHA-256 of content in UTF-8.';
COMMENT ON COLUMN ops.reopen_score_profiles.parent_id IS 'The one it was made from; null for a first.';
CREATE UNIQUE INDEX reopen_score_profiles_sha256 ON ops.reopen_score_profiles (
    COALESCE(project_id, ''), profile_key, sha256
);
CREATE UNIQUE INDEX reopen_score_profiles_active ON ops.reopen_score_profiles (
    COALESCE(project_id, ''), profile_key
) WHERE is_active;

CREATE TABLE ops.reopen_profile_audit (
    audit_id             bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at                   timestamptz NOT NULL DEFAULT clock_timestamp(),
    project_id           text,
    profile_key          text        NOT NULL CHECK (profile_key <> ''),
    scoring_profile_id   uuid        NOT NULL REFERENCES ops.reopen_score_profiles (scoring_profile_id),
    previous_profile_id  uuid        REFERENCES ops.reopen_score_profiles (scoring_profile_id),
    action               text        NOT NULL CHECK (action IN ('proposed', 'activated', 'deactivated')),
    actor                text        NOT NULL CHECK (btrim(actor) <> ''),
    reason               text        NOT NULL CHECK (btrim(reason) <> '')
);
COMMENT ON TABLE ops.reopen_profile_audit IS 'Who proposed and who activated which profile, when and why.';
COMMENT ON COLUMN ops.reopen_profile_audit.previous_profile_id IS 'The one that was active before; null for none.';
CREATE INDEX reopen_profile_audit_key ON ops.reopen_profile_audit (COALESCE(project_id, ''), profile_key, audit_id);

CREATE TABLE ops.input_snapshots (
    project_id    text        NOT NULL CHECK (project_id <> ''),
    input_sha256  text        NOT NULL CHECK (input_sha256 ~ '^[0-9a-f]{64}$'),
    as_of         date        NOT NULL,
    crs           text,
    read_at       timestamptz NOT NULL,
    PRIMARY KEY (project_id, input_sha256)
);
COMMENT ON TABLE ops.input_snapshots IS 'What was read for a ranking, once for each different content.';
COMMENT ON COLUMN ops.input_snapshots.crs IS 'Of x_m and y_m; null where the project names none.';

CREATE TABLE ops.input_sources (
    project_id    text NOT NULL,
    input_sha256  text NOT NULL,
    source_id     text NOT NULL CHECK (source_id <> ''),
    kind          text NOT NULL CHECK (kind <> ''),
    path          text NOT NULL CHECK (path <> ''),
    sha256        text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    well_id       text,
    PRIMARY KEY (project_id, input_sha256, source_id),
    FOREIGN KEY (project_id, input_sha256) REFERENCES ops.input_snapshots (project_id, input_sha256) ON DELETE CASCADE
);
COMMENT ON TABLE ops.input_sources IS 'Each file that was read, with what was in it.';
COMMENT ON COLUMN ops.input_sources.kind IS 'A table of the project, log, or survey.';
COMMENT ON COLUMN ops.input_sources.path IS 'As project.toml writes it.';

CREATE TABLE ops.input_wells (
    project_id        text             NOT NULL,
    input_sha256      text             NOT NULL,
    well_id           text             NOT NULL CHECK (well_id <> ''),
    well_name         text,
    field             text,
    reservoir         text,
    status            text,
    x_m               double precision,
    y_m               double precision,
    latitude_deg      double precision CHECK (latitude_deg IS NULL OR latitude_deg BETWEEN -90 AND 90),
    longitude_deg     double precision CHECK (longitude_deg IS NULL OR longitude_deg BETWEEN -180 AND 180),
    ecef_x_m          double precision,
    ecef_y_m          double precision,
    ecef_z_m          double precision,
    kb_elevation_m    double precision,
    max_inc_deg       double precision,
    crs               text,
    crs_confidence    text,
    vertical_datum    text,
    location_source   text,
    transform_chain   text,
    path_md_m         double precision[],
    path_x_m          double precision[],
    path_y_m          double precision[],
    PRIMARY KEY (project_id, input_sha256, well_id),
    FOREIGN KEY (project_id, input_sha256) REFERENCES ops.input_snapshots (project_id, input_sha256) ON DELETE CASCADE,
    CONSTRAINT input_wells_path_check CHECK (
        (path_md_m IS NULL AND path_x_m IS NULL AND path_y_m IS NULL)
        OR COALESCE(
            cardinality(path_md_m) > 0
            AND cardinality(path_x_m) = cardinality(path_md_m)
            AND cardinality(path_y_m) = cardinality(path_md_m),
            false
        )
    )
);
COMMENT ON TABLE ops.input_wells IS 'Every well of the project, also those that are no target: the map shows them.';
COMMENT ON COLUMN ops.input_wells.ecef_x_m IS 'With y and z, the wellhead in EPSG:4978; null where it is not anchored.';
COMMENT ON COLUMN ops.input_wells.path_md_m IS 'With x and y, the way from the wellhead in few points, by survey; null without one.';

CREATE TABLE ops.input_production (
    project_id         text               NOT NULL,
    input_sha256       text               NOT NULL,
    well_id            text               NOT NULL CHECK (well_id <> ''),
    months             date[]             NOT NULL,
    oil_sm3            double precision[] NOT NULL,
    water_sm3          double precision[] NOT NULL,
    gas_sm3            double precision[] NOT NULL,
    hours_on           double precision[] NOT NULL,
    water_injected_sm3 double precision[] NOT NULL,
    gas_injected_sm3   double precision[] NOT NULL,
    PRIMARY KEY (project_id, input_sha256, well_id),
    FOREIGN KEY (project_id, input_sha256) REFERENCES ops.input_snapshots (project_id, input_sha256) ON DELETE CASCADE,
    CONSTRAINT input_production_length_check CHECK (
        cardinality(months) > 0
        AND cardinality(oil_sm3) = cardinality(months)
        AND cardinality(water_sm3) = cardinality(months)
        AND cardinality(gas_sm3) = cardinality(months)
        AND cardinality(hours_on) = cardinality(months)
        AND cardinality(water_injected_sm3) = cardinality(months)
        AND cardinality(gas_injected_sm3) = cardinality(months)
    )
);
COMMENT ON TABLE ops.input_production IS 'Monthly volumes of a well in one row, as the production plot draws them.';
COMMENT ON COLUMN ops.input_production.months IS 'First days, ascending; each array has a value or null for each.';

CREATE TABLE ops.discovery_runs (
    discovery_id     uuid        PRIMARY KEY,
    project_id       text        NOT NULL,
    input_sha256     text        NOT NULL,
    profile_key      text        NOT NULL CHECK (profile_key <> ''),
    profile_sha256   text        NOT NULL CHECK (profile_sha256 ~ '^[0-9a-f]{64}$'),
    code_version     text        NOT NULL CHECK (code_version <> ''),
    generated_at     timestamptz NOT NULL,
    candidate_count  integer     NOT NULL CHECK (candidate_count >= 0),
    UNIQUE (project_id, input_sha256, profile_key, profile_sha256, code_version),
    FOREIGN KEY (project_id, input_sha256) REFERENCES ops.input_snapshots (project_id, input_sha256)
);
COMMENT ON TABLE ops.discovery_runs IS 'One search for bypassed pay: the same input, profile and code are the same search.';

CREATE TABLE ops.well_bypassed_candidates (
    discovery_id         uuid             NOT NULL REFERENCES ops.discovery_runs (discovery_id) ON DELETE CASCADE,
    candidate_id         uuid             NOT NULL,
    project_id           text             NOT NULL CHECK (project_id <> ''),
    well_id              text             NOT NULL CHECK (well_id <> ''),
    zone                 text,
    event_no             integer          NOT NULL CHECK (event_no >= 1),
    top_md_m             double precision NOT NULL,
    base_md_m            double precision NOT NULL,
    top_tvdss_m          double precision,
    base_tvdss_m         double precision,
    gross_md_m           double precision,
    net_md_m             double precision,
    gross_m              double precision,
    net_pay_m            double precision,
    hcpt_m               double precision,
    vsh                  double precision,
    phie                 double precision,
    sw                   double precision,
    rt                   double precision,
    rt_contrast          double precision,
    permeability_md      double precision,
    log_quality          double precision,
    bad_hole_fraction    double precision,
    evaluated_fraction   double precision,
    interpretation_id    text,
    rw_value             double precision,
    rw_source            text,
    a_factor             double precision,
    m_exponent           double precision,
    n_exponent           double precision,
    sw_model             text,
    sw_confidence        text             CHECK (sw_confidence IS NULL OR sw_confidence IN ('high', 'medium', 'low')),
    sw_conflict          text,
    porosity_method      text,
    vsh_method           text,
    depth_problem        text,
    recommended_action   text,
    completion_status    text             NOT NULL CHECK (completion_status IN (
        'perforated_producing', 'perforated_shut_in', 'squeezed', 'isolated_plug', 'never_perforated', 'unknown'
    )),
    position_confidence  text             NOT NULL CHECK (position_confidence IN ('high', 'medium', 'low', 'unknown')),
    cone_radius_top_m    double precision CHECK (cone_radius_top_m IS NULL OR cone_radius_top_m >= 0),
    cone_radius_base_m   double precision CHECK (cone_radius_base_m IS NULL OR cone_radius_base_m >= 0),
    evidence_pack_id     uuid,
    cutoffs_applied      jsonb            NOT NULL CHECK (jsonb_typeof(cutoffs_applied) = 'object'),
    source_ids           text,
    PRIMARY KEY (discovery_id, candidate_id),
    CONSTRAINT well_bypassed_candidates_interval_check CHECK (
        COALESCE(base_md_m > top_md_m AND base_md_m < 'Infinity' AND top_md_m > '-Infinity', false)
    ),
    CONSTRAINT well_bypassed_candidates_net_check CHECK (
        (net_pay_m IS NULL OR gross_m IS NULL OR net_pay_m <= gross_m + 1e-6)
        AND (net_md_m IS NULL OR gross_md_m IS NULL OR net_md_m <= gross_md_m + 1e-6)
        AND (net_pay_m IS NULL OR net_pay_m >= 0)
        AND (net_md_m IS NULL OR net_md_m >= 0)
    ),
    CONSTRAINT well_bypassed_candidates_fraction_check CHECK (
        (vsh IS NULL OR vsh BETWEEN 0 AND 1)
        AND (phie IS NULL OR phie BETWEEN 0 AND 1)
        AND (sw IS NULL OR sw BETWEEN 0 AND 1)
        AND (log_quality IS NULL OR log_quality BETWEEN 0 AND 1)
        AND (bad_hole_fraction IS NULL OR bad_hole_fraction BETWEEN 0 AND 1)
        AND (evaluated_fraction IS NULL OR evaluated_fraction BETWEEN 0 AND 1)
    )
);
COMMENT ON TABLE ops.well_bypassed_candidates IS 'Intervals of bypassed pay, as discovery found them.';
COMMENT ON COLUMN ops.well_bypassed_candidates.event_no IS 'Counts the intervals of a well from the top, from 1.';
COMMENT ON COLUMN ops.well_bypassed_candidates.gross_m IS 'True vertical, as net_pay_m; gross_md_m and net_md_m are along hole.';
COMMENT ON COLUMN ops.well_bypassed_candidates.sw_conflict IS 'How a stated Sw and the recomputed one differ; null where not.';

CREATE TABLE ops.interval_log_strips (
    discovery_id  uuid   NOT NULL,
    candidate_id  uuid   NOT NULL,
    md_m          real[] NOT NULL,
    gr            real[] NOT NULL,
    rt            real[] NOT NULL,
    vsh           real[] NOT NULL,
    phie          real[] NOT NULL,
    sw            real[] NOT NULL,
    PRIMARY KEY (discovery_id, candidate_id),
    FOREIGN KEY (discovery_id, candidate_id)
        REFERENCES ops.well_bypassed_candidates (discovery_id, candidate_id) ON DELETE CASCADE,
    CONSTRAINT interval_log_strips_length_check CHECK (
        cardinality(md_m) > 0
        AND cardinality(gr) = cardinality(md_m)
        AND cardinality(rt) = cardinality(md_m)
        AND cardinality(vsh) = cardinality(md_m)
        AND cardinality(phie) = cardinality(md_m)
        AND cardinality(sw) = cardinality(md_m)
    )
);
COMMENT ON TABLE ops.interval_log_strips IS 'The log in and around a candidate in one row, thinned to what a strip can show.';
COMMENT ON COLUMN ops.interval_log_strips.gr IS '[gAPI]; rt [ohm.m]; vsh, phie, sw [v/v]; null where there is no reading.';

CREATE TABLE ops.reopen_ranking_runs (
    run_id              uuid        PRIMARY KEY,
    project_id          text        NOT NULL CHECK (project_id <> ''),
    scoring_profile_id  uuid        NOT NULL REFERENCES ops.reopen_score_profiles (scoring_profile_id),
    profile_key         text        NOT NULL CHECK (profile_key <> ''),
    profile_sha256      text        NOT NULL CHECK (profile_sha256 ~ '^[0-9a-f]{64}$'),
    scoring_version     text        NOT NULL CHECK (scoring_version <> ''),
    input_sha256        text        NOT NULL CHECK (input_sha256 ~ '^[0-9a-f]{64}$'),
    code_version        text        NOT NULL CHECK (code_version <> ''),
    discovery_id        uuid        REFERENCES ops.discovery_runs (discovery_id),
    as_of               date        NOT NULL,
    status              text        NOT NULL CHECK (status IN ('succeeded', 'failed')),
    is_current          boolean     NOT NULL DEFAULT false,
    became_current_at   timestamptz,
    generated_at        timestamptz NOT NULL,
    requested_by        text        NOT NULL CHECK (requested_by <> ''),
    candidate_count     integer     CHECK (candidate_count IS NULL OR candidate_count >= 0),
    summary             jsonb       CHECK (summary IS NULL OR jsonb_typeof(summary) = 'object'),
    stated_inputs       jsonb       NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(stated_inputs) = 'array'),
    error               text        CHECK (error IS NULL OR error <> ''),
    UNIQUE (project_id, profile_key, profile_sha256, input_sha256, code_version),
    CONSTRAINT reopen_ranking_runs_current_check CHECK (
        NOT is_current OR (status = 'succeeded' AND became_current_at IS NOT NULL)
    ),
    CONSTRAINT reopen_ranking_runs_status_check1 CHECK (
        (status = 'failed') = (error IS NOT NULL)
        AND (status = 'failed' OR (candidate_count IS NOT NULL AND summary IS NOT NULL AND discovery_id IS NOT NULL))
    )
);
COMMENT ON TABLE ops.reopen_ranking_runs IS 'Each ranking: the same profile, input and code are the same run.';
COMMENT ON COLUMN ops.reopen_ranking_runs.as_of IS 'The day that the project calls now.';
COMMENT ON COLUMN ops.reopen_ranking_runs.is_current IS 'Whether it is the one that the worklist shows for its profile key.';
COMMENT ON COLUMN ops.reopen_ranking_runs.stated_inputs IS 'Inputs that a person stated, and that this run used.';
COMMENT ON COLUMN ops.reopen_ranking_runs.error IS 'Why it failed; null where it did not. A failed run may be tried again.';
CREATE UNIQUE INDEX reopen_ranking_runs_current ON ops.reopen_ranking_runs (project_id, profile_key) WHERE is_current;

CREATE TABLE ops.well_reopening_targets (
    reopening_target_id       uuid             PRIMARY KEY,
    run_id                    uuid             NOT NULL REFERENCES ops.reopen_ranking_runs (run_id) ON DELETE CASCADE,
    project_id                text             NOT NULL CHECK (project_id <> ''),
    scoring_profile_id        uuid             NOT NULL,
    scoring_version           text             NOT NULL,
    target_key                uuid             NOT NULL,
    target_rank               integer          NOT NULL CHECK (target_rank >= 1),
    well_id                   text             NOT NULL CHECK (well_id <> ''),
    well_name                 text,
    field                     text,
    reservoir                 text,
    zone                      text,
    event_no                  integer          NOT NULL CHECK (event_no >= 0),
    source_candidate_id       uuid,
    source_interpretation_id  text,
    static_score              double precision NOT NULL,
    dynamic_score             double precision NOT NULL,
    operability_score         double precision NOT NULL,
    confidence_score          double precision NOT NULL,
    total_score               double precision NOT NULL,
    static_potential          double precision NOT NULL,
    dynamic_potential         double precision NOT NULL,
    operability_potential     double precision NOT NULL,
    confidence_potential      double precision NOT NULL,
    total_potential           double precision NOT NULL,
    static_coverage           double precision NOT NULL,
    dynamic_coverage          double precision NOT NULL,
    operability_coverage      double precision NOT NULL,
    confidence_coverage       double precision NOT NULL,
    classification            text             NOT NULL,
    class_rule                text             NOT NULL,
    blocking_reason           text             CHECK (blocking_reason IS NULL OR blocking_reason <> ''),
    recommended_action        text             CHECK (recommended_action IS NULL OR recommended_action <> ''),
    what_would_change         text             CHECK (what_would_change IS NULL OR what_would_change <> ''),
    historic_payload_class    text             NOT NULL CHECK (historic_payload_class IN (
        'strong_bypassed_pay', 'moderate_bypassed_pay', 'weak_bypassed_pay', 'unknown'
    )),
    remaining_payload_class   text             NOT NULL CHECK (remaining_payload_class IN (
        'high_remaining_potential', 'moderate_remaining_potential', 'low_remaining_potential', 'depleted', 'unknown'
    )),
    depletion_risk            text             NOT NULL CHECK (depletion_risk IN (
        'low', 'moderate', 'high', 'severe', 'unknown'
    )),
    operability_status        text             NOT NULL CHECK (operability_status IN (
        'ready', 'workover_feasible', 'difficult', 'blocked', 'unknown'
    )),
    data_confidence           text             NOT NULL CHECK (data_confidence IN ('high', 'medium', 'low')),
    gap_codes                 text[]           NOT NULL,
    has_spatial_gap           boolean          NOT NULL,
    evidence_completeness     double precision CHECK (
        evidence_completeness IS NULL OR evidence_completeness BETWEEN 0 AND 1
    ),
    unswept_volume_m3         double precision CHECK (
        unswept_volume_m3 IS NULL OR (unswept_volume_m3 >= 0 AND unswept_volume_m3 < 'Infinity')
    ),
    score_inputs              jsonb            NOT NULL CHECK (jsonb_typeof(score_inputs) = 'object'),
    assumptions_json          jsonb            NOT NULL CHECK (jsonb_typeof(assumptions_json) = 'object'),
    contributions             jsonb            NOT NULL CHECK (jsonb_typeof(contributions) = 'object'),
    facts                     jsonb            NOT NULL CHECK (jsonb_typeof(facts) = 'object'),
    rw_value                  double precision,
    rw_source                 text,
    a_factor                  double precision,
    m_exponent                double precision,
    n_exponent                double precision,
    sw_model                  text,
    sw_confidence             text             CHECK (
        sw_confidence IS NULL OR sw_confidence IN ('high', 'medium', 'low')
    ),
    evidence_pack_id          uuid,
    completion_status         text,
    position_confidence       text             CHECK (
        position_confidence IS NULL OR position_confidence IN ('high', 'medium', 'low', 'unknown')
    ),
    top_md_m                  double precision,
    base_md_m                 double precision,
    top_tvdss_m               double precision,
    base_tvdss_m              double precision,
    gross_md_m                double precision,
    net_md_m                  double precision,
    gross_m                   double precision,
    net_pay_m                 double precision,
    cone_radius_top_m         double precision CHECK (cone_radius_top_m IS NULL OR cone_radius_top_m >= 0),
    cone_radius_base_m        double precision CHECK (cone_radius_base_m IS NULL OR cone_radius_base_m >= 0),
    x_m                       double precision,
    y_m                       double precision,
    latitude_deg              double precision CHECK (latitude_deg IS NULL OR latitude_deg BETWEEN -90 AND 90),
    longitude_deg             double precision CHECK (longitude_deg IS NULL OR longitude_deg BETWEEN -180 AND 180),
    ecef_x_m                  double precision,
    ecef_y_m                  double precision,
    ecef_z_m                  double precision,
    crs_confidence            text,
    place_at                  text             CHECK (
        place_at IS NULL OR place_at IN ('interval', 'survey_end', 'wellhead')
    ),
    CONSTRAINT well_reopening_targets_rank_key UNIQUE (run_id, target_rank),
    CONSTRAINT well_reopening_targets_key_key UNIQUE (target_key, run_id),
    CONSTRAINT well_reopening_targets_score_check CHECK (
        static_score >= 0 AND static_score <= static_potential AND static_potential <= 1
        AND dynamic_score >= 0 AND dynamic_score <= dynamic_potential AND dynamic_potential <= 1
        AND operability_score >= 0 AND operability_score <= operability_potential AND operability_potential <= 1
        AND confidence_score >= 0 AND confidence_score <= confidence_potential AND confidence_potential <= 1
        AND total_score >= 0 AND total_score <= total_potential AND total_potential <= 1
    ),
    CONSTRAINT well_reopening_targets_coverage_check CHECK (
        static_coverage BETWEEN 0 AND 1
        AND dynamic_coverage BETWEEN 0 AND 1
        AND operability_coverage BETWEEN 0 AND 1
        AND confidence_coverage BETWEEN 0 AND 1
    ),
    CONSTRAINT well_reopening_targets_class_check CHECK (
        classification || class_rule IN ('QR1', 'DR2', 'CR3', 'AR4', 'BR5')
    ),
    CONSTRAINT well_reopening_targets_reason_check CHECK (
        classification = 'D' OR (classification IN ('C', 'Q')) = (blocking_reason IS NOT NULL)
    ),
    CONSTRAINT well_reopening_targets_interval_check CHECK (
        (top_md_m IS NULL AND base_md_m IS NULL)
        OR COALESCE(base_md_m > top_md_m AND base_md_m < 'Infinity' AND top_md_m > '-Infinity', false)
    ),
    CONSTRAINT well_reopening_targets_candidate_check CHECK (
        (event_no = 0) = (top_md_m IS NULL) AND (event_no > 0 OR source_candidate_id IS NULL)
    ),
    CONSTRAINT well_reopening_targets_net_check CHECK (
        (net_pay_m IS NULL OR (net_pay_m >= 0 AND (gross_m IS NULL OR net_pay_m <= gross_m + 1e-6)))
        AND (net_md_m IS NULL OR (net_md_m >= 0 AND (gross_md_m IS NULL OR net_md_m <= gross_md_m + 1e-6)))
    )
);
COMMENT ON TABLE ops.well_reopening_targets IS 'The ranked worklist of each run: one row a target.';
COMMENT ON COLUMN ops.well_reopening_targets.place_at IS 'What x_m, y_m and degrees are of; null, of older rankings: the wellhead.';
COMMENT ON COLUMN ops.well_reopening_targets.ecef_x_m IS 'With y and z, EPSG:4978; null but for an interval of known depth.';
COMMENT ON COLUMN ops.well_reopening_targets.target_key IS 'The same target in every run; reviews and gaps hang on it.';
COMMENT ON COLUMN ops.well_reopening_targets.event_no IS 'Of its candidate; 0 for a well that has none.';
COMMENT ON COLUMN ops.well_reopening_targets.gap_codes IS 'Codes of its gaps in this run; ops.well_data_gaps has the rest.';
COMMENT ON COLUMN ops.well_reopening_targets.has_spatial_gap IS 'Whether one of them is spatial and stronger than a warning.';
COMMENT ON COLUMN ops.well_reopening_targets.contributions IS 'For each input its value, status, utility, contribution, gap, source.';
COMMENT ON COLUMN ops.well_reopening_targets.facts IS 'What the inputs were formed from, such as np_sm3, offsets, slopes.';

CREATE TABLE ops.well_data_gaps (
    gap_id            bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    project_id        text        NOT NULL CHECK (project_id <> ''),
    profile_key       text        NOT NULL CHECK (profile_key <> ''),
    target_key        uuid        NOT NULL,
    well_id           text        NOT NULL CHECK (well_id <> ''),
    gap_code          text        NOT NULL CHECK (gap_code <> ''),
    input             text        NOT NULL DEFAULT '',
    gap_domain        text        NOT NULL CHECK (gap_domain <> ''),
    severity          text        NOT NULL CHECK (severity IN ('info', 'minor', 'major', 'critical')),
    promotion_action  text        NOT NULL CHECK (promotion_action IN (
        'non_blocking_warning', 'review_hold', 'spatial_only_quarantine', 'decision_grade_block'
    )),
    detail            text,
    owner             text        CHECK (owner IS NULL OR btrim(owner) <> ''),
    due_date          date,
    first_seen_run    uuid        NOT NULL,
    first_seen_at     timestamptz NOT NULL,
    resolved_run      uuid,
    resolved_at       timestamptz,
    times_reopened    integer     NOT NULL DEFAULT 0 CHECK (times_reopened >= 0),
    CONSTRAINT well_data_gaps_same_key UNIQUE (target_key, gap_code, input, profile_key),
    CONSTRAINT well_data_gaps_resolved_check CHECK ((resolved_at IS NULL) = (resolved_run IS NULL))
);
COMMENT ON TABLE ops.well_data_gaps IS 'Each named missing thing of a target, in one row over all runs.';
COMMENT ON COLUMN ops.well_data_gaps.input IS 'The input that it leaves unknown; empty where it concerns none.';
COMMENT ON COLUMN ops.well_data_gaps.owner IS 'Who is to close it, and by due_date; people set both.';
COMMENT ON COLUMN ops.well_data_gaps.resolved_at IS 'When a run no longer found it; null while it is open.';
CREATE INDEX well_data_gaps_open ON ops.well_data_gaps (project_id, profile_key) WHERE resolved_at IS NULL;

CREATE TABLE ops.reopening_review_events (
    event_id             bigint           PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at                   timestamptz      NOT NULL DEFAULT clock_timestamp(),
    project_id           text             NOT NULL CHECK (project_id <> ''),
    target_key           uuid             NOT NULL,
    version              integer          NOT NULL CHECK (version >= 1),
    previous_state       text             NOT NULL CHECK (previous_state IN (
        'unreviewed', 'in_review', 'accepted', 'deferred', 'rejected', 'needs_data'
    )),
    state                text             NOT NULL CHECK (state IN (
        'unreviewed', 'in_review', 'accepted', 'deferred', 'rejected', 'needs_data'
    )),
    note                 text,
    actor                text             NOT NULL CHECK (btrim(actor) <> ''),
    reopening_target_id  uuid             NOT NULL REFERENCES ops.well_reopening_targets (reopening_target_id),
    classification       text             NOT NULL CHECK (classification IN ('A', 'B', 'C', 'D', 'Q')),
    total_score          double precision NOT NULL CHECK (total_score BETWEEN 0 AND 1),
    CONSTRAINT reopening_review_events_version_key UNIQUE (target_key, version),
    CONSTRAINT reopening_review_events_note_check CHECK (
        COALESCE(btrim(note) <> '', false)
        OR (state <> previous_state AND state IN ('unreviewed', 'in_review', 'accepted'))
    )
);
COMMENT ON TABLE ops.reopening_review_events IS 'What people decided and noted about targets, in order; INSERT-only.';
COMMENT ON COLUMN ops.reopening_review_events.version IS 'Counts the events of a target from 1: two at once are one too many.';
COMMENT ON COLUMN ops.reopening_review_events.state IS 'From then on; the previous one again where it is a note alone.';
COMMENT ON COLUMN ops.reopening_review_events.classification IS 'With total_score, what the reviewer saw.';

CREATE VIEW ops.target_reviews AS
    SELECT DISTINCT ON (target_key)
        target_key,
        project_id,
        version,
        state,
        note,
        actor,
        at,
        classification,
        total_score
    FROM ops.reopening_review_events
    ORDER BY target_key, version DESC;
COMMENT ON VIEW ops.target_reviews IS 'The review of each target as it stands; a target without a row is unreviewed, version 0.';

CREATE TRIGGER reopen_score_profiles_keep BEFORE UPDATE ON ops.reopen_score_profiles
    FOR EACH ROW EXECUTE FUNCTION ops.keep_profile();
CREATE TRIGGER reopen_score_profiles_refuse_change BEFORE DELETE OR TRUNCATE ON ops.reopen_score_profiles
    FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();
CREATE TRIGGER reopen_profile_audit_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ops.reopen_profile_audit
    FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();
CREATE TRIGGER reopen_ranking_runs_keep BEFORE UPDATE ON ops.reopen_ranking_runs
    FOR EACH ROW EXECUTE FUNCTION ops.keep_run();
CREATE TRIGGER well_bypassed_candidates_refuse_change BEFORE UPDATE ON ops.well_bypassed_candidates
    FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();
CREATE TRIGGER well_reopening_targets_refuse_change BEFORE UPDATE ON ops.well_reopening_targets
    FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();
CREATE TRIGGER reopening_review_events_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ops.reopening_review_events
    FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

-- Also for a session that plays replication; without this, it would pass them by.
ALTER TABLE ops.reopen_score_profiles ENABLE ALWAYS TRIGGER reopen_score_profiles_keep;
ALTER TABLE ops.reopen_score_profiles ENABLE ALWAYS TRIGGER reopen_score_profiles_refuse_change;
ALTER TABLE ops.reopen_profile_audit ENABLE ALWAYS TRIGGER reopen_profile_audit_refuse_change;
ALTER TABLE ops.reopen_ranking_runs ENABLE ALWAYS TRIGGER reopen_ranking_runs_keep;
ALTER TABLE ops.well_bypassed_candidates ENABLE ALWAYS TRIGGER well_bypassed_candidates_refuse_change;
ALTER TABLE ops.well_reopening_targets ENABLE ALWAYS TRIGGER well_reopening_targets_refuse_change;
ALTER TABLE ops.reopening_review_events ENABLE ALWAYS TRIGGER reopening_review_events_refuse_change;

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
CREATE INDEX input_wells_foot ON ops.input_wells USING gist (
    point(COALESCE(path_x_m[cardinality(path_x_m)], x_m), COALESCE(path_y_m[cardinality(path_y_m)], y_m))
)
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

-- Who let whom in: each change of members and keys, by triggers, so that it cannot be forgotten.

CREATE TABLE access.changes (
    change_id   bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor       text        NOT NULL CHECK (btrim(actor) <> ''),
    what        text        NOT NULL CHECK (what IN ('member_set', 'member_removed', 'key_created', 'key_revoked')),
    project_id  text        NOT NULL CHECK (project_id <> ''),
    subject     text,
    key_id      uuid,
    key_name    text,
    before      jsonb       CHECK (before IS NULL OR jsonb_typeof(before) = 'object'),
    after       jsonb       CHECK (after IS NULL OR jsonb_typeof(after) = 'object'),
    CONSTRAINT changes_of_check CHECK (
        (what IN ('member_set', 'member_removed')) = (subject IS NOT NULL)
        AND (what IN ('key_created', 'key_revoked')) = (key_id IS NOT NULL)
        AND (key_id IS NULL) = (key_name IS NULL)
    ),
    CONSTRAINT changes_sides_check CHECK (
        (what IN ('member_set', 'key_created')) = (after IS NOT NULL)
        AND (what = 'member_set' OR (what = 'key_created') = (before IS NULL))
    )
);
COMMENT ON TABLE access.changes IS 'Who let whom in, and out again; INSERT-only, and filled by triggers alone.';
COMMENT ON COLUMN access.changes.project_id IS '* for every project, also for a key.';
COMMENT ON COLUMN access.changes.subject IS 'Whose role it is; null where it is a key.';
COMMENT ON COLUMN access.changes.before IS 'Of a member the role; of a key prefix, role, scopes and expires_at. Null for none.';
COMMENT ON COLUMN access.changes.after IS 'As before; null once it is taken away.';
CREATE INDEX changes_project ON access.changes (project_id, change_id);

CREATE FUNCTION access.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'access.%: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Who came in stays on record: members are removed one by one, keys are revoked.';
END
$$;
COMMENT ON FUNCTION access.refuse_change() IS 'Refuses every change that it is asked about.';

CREATE FUNCTION access.note_member() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = ''
    AS $$
DECLARE
    remover text := pg_catalog.btrim(COALESCE(pg_catalog.current_setting('welltegra.actor', true), ''));
BEGIN
    IF TG_OP = 'DELETE' THEN
        -- A row that goes cannot say who takes it away.
        IF remover = '' THEN
            RAISE EXCEPTION 'access.members: who removes a member must be said; was not'
                USING ERRCODE = 'insufficient_privilege',
                      HINT = 'First, in the same transaction: SELECT set_config(''welltegra.actor'', ''who'', true)';
        END IF;
        INSERT INTO access.changes (actor, what, project_id, subject, before)
        VALUES (
            remover, 'member_removed', OLD.project_id, OLD.subject, pg_catalog.jsonb_build_object('role', OLD.role)
        );
        RETURN NULL;
    END IF;
    -- Left as it is, granted_by would name who gave the role before.
    IF TG_OP = 'UPDATE' AND (
        NEW.granted_at = OLD.granted_at OR NEW.subject <> OLD.subject OR NEW.project_id <> OLD.project_id
    ) THEN
        RAISE EXCEPTION 'access.members: a role is given anew, with granted_by and granted_at; was not'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Set granted_by and granted_at with the role; for another member, insert a row.';
    END IF;
    INSERT INTO access.changes (actor, what, project_id, subject, before, after)
    VALUES (
        NEW.granted_by,
        'member_set',
        NEW.project_id,
        NEW.subject,
        CASE WHEN TG_OP = 'UPDATE' THEN pg_catalog.jsonb_build_object('role', OLD.role) END,
        pg_catalog.jsonb_build_object('role', NEW.role)
    );
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION access.note_member() IS 'Keeps access.changes of members; the setting welltegra.actor says who removes one.';

CREATE FUNCTION access.note_key() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = ''
    SET timezone = 'UTC'
    AS $$
DECLARE
    may_change text[] := '{last_used_at,revoked_at,revoked_by}';
    said jsonb := pg_catalog.jsonb_build_object(
        'prefix', NEW.prefix, 'role', NEW.role, 'scopes', NEW.scopes, 'expires_at', NEW.expires_at
    );
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO access.changes (actor, what, project_id, key_id, key_name, after)
        VALUES (NEW.created_by, 'key_created', COALESCE(NEW.project_id, '*'), NEW.key_id, NEW.name, said);
        RETURN NULL;
    END IF;
    IF pg_catalog.to_jsonb(NEW) - may_change <> pg_catalog.to_jsonb(OLD) - may_change
        OR (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at, NEW.revoked_by)
            IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_by))
    THEN
        RAISE EXCEPTION 'access.api_keys: a key may be used, and revoked once; UPDATE of more is refused'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Revoke it, and make another.';
    END IF;
    IF NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL THEN
        INSERT INTO access.changes (actor, what, project_id, key_id, key_name, before)
        VALUES (NEW.revoked_by, 'key_revoked', COALESCE(NEW.project_id, '*'), NEW.key_id, NEW.name, said);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION access.note_key() IS 'Keeps access.changes of keys, and lets nothing else of a key change.';

CREATE TRIGGER members_note_change AFTER INSERT OR UPDATE OR DELETE ON access.members
    FOR EACH ROW EXECUTE FUNCTION access.note_member();
CREATE TRIGGER members_refuse_change BEFORE TRUNCATE ON access.members
    FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change();
CREATE TRIGGER api_keys_note_change AFTER INSERT OR UPDATE ON access.api_keys
    FOR EACH ROW EXECUTE FUNCTION access.note_key();
CREATE TRIGGER api_keys_refuse_change BEFORE DELETE OR TRUNCATE ON access.api_keys
    FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change();
CREATE TRIGGER changes_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON access.changes
    FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change();

-- Also for a session that plays replication; without this, it would pass them by.
ALTER TABLE access.members ENABLE ALWAYS TRIGGER members_note_change;
ALTER TABLE access.members ENABLE ALWAYS TRIGGER members_refuse_change;
ALTER TABLE access.api_keys ENABLE ALWAYS TRIGGER api_keys_note_change;
ALTER TABLE access.api_keys ENABLE ALWAYS TRIGGER api_keys_refuse_change;
ALTER TABLE access.changes ENABLE ALWAYS TRIGGER changes_refuse_change;
