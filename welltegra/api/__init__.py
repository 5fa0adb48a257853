"""The HTTP API of the worklist: routes read parameters, call one function, and return one model."""
