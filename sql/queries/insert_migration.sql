-- Note that a migration was applied.
-- number: from 1. name: its file's, without .sql. sha256: of its file, 64 hexadecimal digits.
INSERT INTO schema_migrations (number, name, sha256)
VALUES (%(number)s, %(name)s, %(sha256)s)
