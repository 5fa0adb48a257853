"""The product as a user runs it: programs of their own against real servers."""
