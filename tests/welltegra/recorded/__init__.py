"""The dry run on recorded rig telemetry, against scans of the raw files that share no code with it."""
