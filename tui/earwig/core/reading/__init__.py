"""Passes over a session's entries: walking, gathering, counting, filtering, links."""
