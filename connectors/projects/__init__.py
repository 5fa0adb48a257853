"""A reopening project on disk: `project.toml`, tables, logs and surveys as they come, read into `scoring.project`.

config.py       project.toml: frozen settings; parse.py: its text, every fault at once with its line
columns.py      which columns each table has, in which unit, between which bounds
tables.py       csv, parquet, xlsx, or rows in project.toml itself: to cells
mapping.py      cells to our columns and units; what cannot be used is told, with its line
tidy.py         duplicates, rows after the ranking's now, rows that say nothing
wells.py        where each well is: CRS, datum, and whether its sources agree
surveys.py      text surveys, header block and all
las.py, dlis.py log files to curves as they are; logs.py: to our curves, in our units, on one ascending depth
source.py       `read_project`
changes.py      which files are no longer as a ranking has read them
"""

from connectors.projects.logs import read_well_log
from connectors.projects.source import read_project

__all__ = ["read_project", "read_well_log"]
