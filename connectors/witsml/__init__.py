"""Time-indexed logs of WITSML 1.3.1.1, 1.4.1.1 and 2.0, with the map from their curves to our tags."""
