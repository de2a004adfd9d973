"""Finds text in one session: what matches, how often, and where the next match is."""
