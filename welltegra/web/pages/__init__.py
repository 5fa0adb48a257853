"""What each page shows, as a dataclass named for it: everything its template uses, and nothing else."""
