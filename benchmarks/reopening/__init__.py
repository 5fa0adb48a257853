"""Ranking a field beside the same in pandas, in SQL and beside COPY alone; and reading its logs beside lasio alone."""
