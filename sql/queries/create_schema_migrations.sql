-- Make the table that the migration runner keeps, in an empty database. No parameters.
CREATE TABLE schema_migrations (
    number      integer     PRIMARY KEY CHECK (number > 0),
    name        text        NOT NULL UNIQUE,
    sha256      text        NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    applied_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE schema_migrations IS 'Which files of sql/migrations were applied, and what each then held.';
