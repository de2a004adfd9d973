"""Queries of all sessions, and their results."""
