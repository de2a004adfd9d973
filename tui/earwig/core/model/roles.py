"""The roles of messages, as readers type them."""

from __future__ import annotations

from typing import Final

ROLES: Final = ("user", "assistant", "tool", "system")
"""All that the bot gives its messages (`Message` in its `traits.rs`)."""

AS_IT_IS: Final = "="
"""Before a role of some other program's: `=operator`."""


def read_role(text: str) -> str:
    """Return the role that a reader means, in letters of any case.

    Raises:
        ValueError: The bot has no such role. Says which there are.
    """
    if text.startswith(AS_IT_IS):
        return text[1:]
    role = text.lower()
    if role not in ROLES:
        raise ValueError(f"no role {text}: {', '.join(ROLES)}; {AS_IT_IS}{text} if not the bot's")
    return role
