"""What the database is and what we ask of it, as plain text: schema, migrations, queries. The records fill it."""
