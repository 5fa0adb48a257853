"""What a run found, for people: pictures of the readings, the limits and the alerts."""
