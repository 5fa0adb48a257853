"""The only I/O: one folder for each kind of outside system, each with config, parse, source and sink."""
