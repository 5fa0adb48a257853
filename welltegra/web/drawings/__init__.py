"""Drawings as SVG, made on the server: numbers in, markup out. Classes carry the colours, one set for each theme."""
