"""Keys that come in one burst do what they would do one by one, and so does what is pasted between them.

Why: Textual 8.2.8 gives a key to what has the focus, and looks for its binding only when it has come back
from there through every container. Until then the next keys go to what had the focus before; and a field
takes a letter at once, but a backspace or a paste that came before it later: `abc`, twice backspace and `de`
became `abc`.
Private: `App._check_bindings`, with which nobody else needs to choose when.
Without this module: keys that are typed ahead, or come together over a slow line, do something else.
"""

from __future__ import annotations

from textual.app import App
from textual.events import Key, Paste
from textual.widgets import Input

from earwig.ui.textual_compat.private_use import PrivateUse, has

USE = PrivateUse(
    "order of keys",
    "keys that come in one burst, over a slow line or from a script, do what they do one by one",
    lambda: has(App, "_check_bindings"),
)


async def done_at_once(app: App[int], event: Key) -> bool:
    """Do what a key is bound to, or type it into the focused field; False: Textual is to pass it round."""
    if not USE.works or not app.app_focus or app.screen.maximized is not None:
        return False  # Textual's own business comes first
    if event.key == "escape":
        app.screen.clear_selection()
    # The public `active_bindings` asks about every key there is.
    if await app._check_bindings(event.key, priority=True):
        return True
    focused = app.focused
    if isinstance(focused, Input) and event.is_printable and event.character is not None:
        _type(focused, event.character)
        return True
    return await app._check_bindings(event.key)


def pasted_at_once(app: App[int], event: Paste) -> bool:
    """Put the first line of what is pasted into the field that has the focus; False: there is none."""
    focused = app.focused
    if not USE.works or not isinstance(focused, Input):
        return False
    for line in event.text.splitlines()[:1]:
        _type(focused, line)
    return True


def _type(field: Input, text: str) -> None:
    """As the field itself would take it."""
    if field.selection.is_empty:
        field.insert_text_at_cursor(text)
    else:
        field.replace(text, *field.selection)
