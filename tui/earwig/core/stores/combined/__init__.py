"""Several stores as one: one list, in which the same conversation is one session."""
