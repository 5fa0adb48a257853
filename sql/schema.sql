-- What the database is: the records of alerts and violations, and the chain that they hang on.
-- The migrations build the same; a test compares the two.
--
-- Everything but consumed_offsets and schema_migrations is INSERT-only: triggers refuse the rest, and so do the
-- privileges of sql/roles.sql. Times are of events unless a name says otherwise.

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
