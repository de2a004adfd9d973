"""Looks for a text in all sessions: bytes first, then only the lines that may hold it."""
