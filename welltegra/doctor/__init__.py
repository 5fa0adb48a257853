"""`welltegra doctor`: what a site needs, looked at piece by piece, side by side; nothing is changed by it."""
