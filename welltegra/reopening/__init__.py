"""The batch commands: discover intervals, rank targets, keep profiles; their progress and their closing tables."""
