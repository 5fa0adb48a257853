"""What a command can fail at, once it has read all that it was given."""

from __future__ import annotations


class WelltegraError(Exception):
    """A command came to no result."""


class NothingJudged(WelltegraError):
    """No sample met any constraint."""


class TopicsDiffer(WelltegraError):
    """Topics are missing, or are not as they must be; a sentence for each fault, one a line."""


class ProfileOutdated(WelltegraError):
    """A stored profile was shown, and does not hold by the checks of today; a sentence for each fault, one a line."""
