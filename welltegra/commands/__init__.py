"""The commands of `welltegra`, one module each; `welltegra/cli.py` gathers them."""
