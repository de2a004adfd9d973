"""The transcript view: a small widget over parts, each of which owns its state."""
