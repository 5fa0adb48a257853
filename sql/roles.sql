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
