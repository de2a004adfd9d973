"""The list of sessions: its rows, its filter, and what is summed up of each."""
