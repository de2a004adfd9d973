"""What an entry is called wherever it is shown as text."""

from __future__ import annotations

from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

_ROLES = frozenset({"user", "assistant", "tool", "system"})
_ROLE_SHOWN = 60


def role_words(role: str) -> SafeText:
    """Return the bot's own roles as they are, any other in quotes, so that none is taken for one of them."""
    if role in _ROLES:
        return clean_line(role)
    shown = safe_name(role[:_ROLE_SHOWN])
    return own_text('"{}…"', shown) if len(role) > _ROLE_SHOWN else own_text('"{}"', shown)


def number_words(number: int | None) -> SafeText:
    """Return a line's number; a question mark where the file changed before its lines were counted."""
    return own_text("#?") if number is None else own_text("#{}", number)
