"""What a sample is to the rules: codes for its quality, and the clock's limits."""

from __future__ import annotations

GOOD, UNCERTAIN, BAD = 0, 1, 2
QUALITIES = ("good", "uncertain", "bad")

# Bit beside the quality in a sample's flags: sent as history, not as news.
BACKFILL = 4
QUALITY_MASK = 3

# Times are microseconds since the epoch and later than it, so 0 can stand for "no time".
NO_TIME = 0
MAX_CLOCK_LEAD_US = 2_000_000
LATE_MEMORY_US = 15 * 60 * 1_000_000
LATE_RUN_OF_A_RESET = 3
