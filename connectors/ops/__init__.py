"""The worklist in PostgreSQL (schema ops): profiles, discovery and rankings, written whole or not at all.

ids.py       ids from content, many at once
runs.py      what a snapshot, a discovery and a ranking are made of
rows.py      pure: frames to the rows of the tables
lineage.py   pure: which target of an earlier run a target of this one is
copying.py   frames as COPY text, a slice at a time
writer.py    a run in one transaction
gaps.py      gaps that open, stay and resolve
profiles.py  profiles proposed, activated, listed, compared
contract.py  frames as the contracts' JSON, a slice at a time
"""
