"""What is said in place of a transcript."""

from __future__ import annotations

from earwig.core.text.safe_text import SafeText, own_text, safe_name
from earwig.ui.transcript.view import TranscriptView


def notice_for(view: TranscriptView) -> SafeText | None:
    """Return why there is nothing to be seen in a transcript; None if there is."""
    session = view.parts.session
    why = own_text("is not there; it is looked for again and again") if session.gone else session.problem
    if why is not None and not view.viewport.entries:
        name = safe_name(view.reader.session.place) if view.reader is not None else own_text("")
        return own_text("{}\n\nThis session {}.", name, why)
    if session.filter is not None:
        return view.parts.filtering.nothing_left()
    if not view.viewport.entries and session.counted is not None and session.counted.done:
        return own_text("No messages yet. What the bot writes will show here.")
    return None
