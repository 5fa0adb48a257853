"""Tests of what a well is worth."""
