"""What a reader asks of all sessions, and what comes of it."""
