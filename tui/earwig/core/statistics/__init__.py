"""Numbers of sessions: messages by role, bad lines, tokens, and how turns ended."""
