"""What watching takes, whatever keeps the sessions: being woken, and telling each difference once."""
