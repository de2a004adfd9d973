"""The list of sessions: order, restrictions, marks, summaries, and what the reader has read."""
