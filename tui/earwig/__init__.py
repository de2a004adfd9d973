"""A read-only terminal browser for a bot's chat sessions."""

import logging

from earwig.version import VERSION as __version__

__all__ = ["__version__"]

# Without a handler, Python prints warnings to the terminal that the browser draws on.
logging.getLogger("earwig").addHandler(logging.NullHandler())
