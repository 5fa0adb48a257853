"""A connector to copy: lines of text that grow in a file, such as a gateway's log. Says what goes where.

config.py  frozen settings, checked when built
parse.py   pure: what the system sends to what we work with; most tests live there
source.py  the client: opens, waits, resumes
"""
