"""Rule files: YAML that a field engineer writes, read into rule sets, every fault found at once."""
