"""Keys that come in one burst do what they would do one by one.

Textual 8.2.8 gives a key to what has the focus, and looks for its binding only when it has come back from
there through every container. Until then the next keys go to what had the focus before; and a field takes a
letter at once, but a backspace that came before it later: `abc`, twice backspace and `de` became `abc`.
"""

from __future__ import annotations

from textual.app import App
from textual.events import Key
from textual.widgets import Input


async def done_at_once(app: App[int], event: Key) -> bool:
    """Do what a key is bound to, or type it into the field that has the focus, before the next is looked at.

    False: it is neither, and Textual is to pass it round.
    """
    if not app.app_focus or app.screen.maximized is not None:
        return False  # Textual's own business comes first
    if event.key == "escape":
        app.screen.clear_selection()
    # Textual's own look for a binding, private because nobody else needs to choose when; `active_bindings`
    # asks about every key there is.
    if await app._check_bindings(event.key, priority=True):
        return True
    focused = app.focused
    if isinstance(focused, Input) and event.is_printable and event.character is not None:
        _type(focused, event.character)
        return True
    return await app._check_bindings(event.key)


def _type(field: Input, character: str) -> None:
    """As the field itself would take it."""
    if field.selection.is_empty:
        field.insert_text_at_cursor(character)
    else:
        field.replace(character, *field.selection)
