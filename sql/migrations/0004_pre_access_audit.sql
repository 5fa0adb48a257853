-- Who let whom in: see schema.sql.

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

-- What was there before, as far as the rows still say it.
INSERT INTO access.changes (at, actor, what, project_id, subject, key_id, key_name, before, after)
SELECT at, actor, what, project_id, subject, key_id, key_name, before, after
FROM (
    SELECT
        granted_at AS at, granted_by AS actor, 'member_set' AS what, project_id, subject, NULL::uuid AS key_id,
        NULL AS key_name, NULL::jsonb AS before, jsonb_build_object('role', role) AS after
    FROM access.members
    UNION ALL
    SELECT
        created_at, created_by, 'key_created', COALESCE(project_id, '*'), NULL, key_id, name, NULL,
        jsonb_build_object('prefix', prefix, 'role', role, 'scopes', scopes, 'expires_at', expires_at)
    FROM access.api_keys
    UNION ALL
    SELECT
        revoked_at, revoked_by, 'key_revoked', COALESCE(project_id, '*'), NULL, key_id, name,
        jsonb_build_object('prefix', prefix, 'role', role, 'scopes', scopes, 'expires_at', expires_at), NULL
    FROM access.api_keys
    WHERE revoked_at IS NOT NULL
) known
ORDER BY at;
