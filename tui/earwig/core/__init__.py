"""Reading, indexing, following: everything that needs no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from earwig.core.model.message import BadLine, ChatMessage
    from earwig.core.stores.jsonl.session_store import SessionStore

__all__ = ["BadLine", "ChatMessage", "SessionStore"]


def __getattr__(name: str) -> object:
    """Import what is asked for, so that a part of the core does not load the rest."""
    if name == "SessionStore":
        from earwig.core.stores.jsonl.session_store import SessionStore

        return SessionStore
    if name in __all__:
        from earwig.core.model import message

        return getattr(message, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
