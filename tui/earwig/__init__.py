"""A read-only terminal browser for a bot's chat sessions."""

from earwig.version import VERSION as __version__

__all__ = ["__version__"]
