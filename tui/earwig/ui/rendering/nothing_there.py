"""What stands on the screen where there is no session."""

from __future__ import annotations

from collections.abc import Sequence

from earwig.core.text.safe_text import SafeText, joined, own_text


def nothing_there(looked: Sequence[SafeText], notes: Sequence[SafeText]) -> SafeText:
    """Return what to say where there is no session: where earwig looked, and what to do."""
    lines = [
        own_text("No sessions yet."),
        own_text(""),
        own_text("earwig looked in:"),
        *(own_text("  {}", place) for place in looked),
        *(own_text("  ({})", note) for note in notes),
        own_text(""),
        own_text("They show here as soon as the bot writes one. If they are elsewhere:"),
        own_text("  earwig PATH       a workspace, a sessions folder, a .jsonl or .db file"),
        own_text("  earwig demo       a made-up workspace, to look around"),
    ]
    return joined(own_text("\n"), lines)
