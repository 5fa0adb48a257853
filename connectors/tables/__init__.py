"""Samples in tables: long form in `.csv` and `.parquet`, scans in `.ndjson`."""
