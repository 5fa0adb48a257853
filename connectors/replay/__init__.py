"""Recorded samples, from files of any form we read, in the order in which they arrived."""
