"""What a well is worth: scores as Polars expressions, pure as `rules` is."""
