"""Tells what a message means: tool traffic, closings, media, envelopes. Reads its text alone, and no disk."""
