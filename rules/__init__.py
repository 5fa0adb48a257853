"""What a sample means: pure functions from sample and memory to transitions. No clock, no I/O."""
