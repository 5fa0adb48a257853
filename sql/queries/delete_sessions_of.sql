-- End every session of somebody.
-- subject.
DELETE FROM access.sessions
WHERE subject = %(subject)s
