"""Reading, indexing, following: everything that needs no screen."""

from earwig.core.message import BadLine, ChatMessage
from earwig.core.session_store import SessionStore

__all__ = ["BadLine", "ChatMessage", "SessionStore"]
