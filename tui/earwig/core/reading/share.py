"""Tells how much of a session is before a position: for bars and for people."""

from __future__ import annotations

from earwig.core.model.entries import Position
from earwig.core.stores.protocols import Transcript


def share_before(transcript: Transcript, position: Position) -> float:
    """Return the part of a session before a position, from 0 to 1; 1 for an empty session."""
    whole = transcript.end - transcript.start
    return min(1.0, max(0.0, (position - transcript.start) / whole)) if whole > 0 else 1.0
