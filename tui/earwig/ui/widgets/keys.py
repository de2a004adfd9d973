"""What a key does, as a row of a table: keys, action, id, label, and what the help says of it."""

from __future__ import annotations

from textual.binding import Binding


def help_key(keys: str, action: str, id: str, label: str, does: str, *, priority: bool = False) -> Binding:
    """Return a binding that the help and the palette tell of; `id` is what a reader's settings call it."""
    return Binding(keys, action, label, show=False, tooltip=does, id=id, priority=priority)


def bar_key(
    keys: str,
    action: str,
    id: str,
    label: str,
    does: str,
    *,
    priority: bool = False,
    display: str | None = None,
) -> Binding:
    """Return one that stands in the bar at the bottom as well, with its label; `display` is its key there."""
    return Binding(keys, action, label, tooltip=does, id=id, priority=priority, key_display=display)
