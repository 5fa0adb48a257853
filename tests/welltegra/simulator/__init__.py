"""Tests of the simulated well."""
