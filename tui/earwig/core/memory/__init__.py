"""Estimates how much of a conversation the bot still has in mind, by its own arithmetic."""
