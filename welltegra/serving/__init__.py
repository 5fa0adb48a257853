"""`welltegra serve`: what listens, what ranks in the background, and what both need before they begin."""
