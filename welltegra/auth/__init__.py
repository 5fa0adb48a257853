"""Who asks, and whether they may: tokens, sessions, API keys, and the one table of who may do what."""
