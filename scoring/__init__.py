"""What a well is worth: scores as Polars expressions, pure as `rules` is. The reopening pipeline fills it."""
