"""Lets go of the rows of widgets that are gone.

Why: Textual 8.2.8 remembers two colours under the cache of rows that asked for them, and with that key keeps
1,024 such caches from being freed: 60 MB after some minutes of much coming and going.
Private: `StylesCache.get_inner_outer`, a function with a cache.
Without this module: memory grows by that.
"""

from __future__ import annotations

from earwig.ui.textual_compat.private_use import PrivateUse

try:
    from textual._styles_cache import StylesCache
except ImportError:
    KEEPING = None
else:
    KEEPING = getattr(StylesCache, "get_inner_outer", None)

USE = PrivateUse(
    "cache of styles",
    "60 MB after some minutes; of each widget that is gone, 0.11 MB by 100 by 30 cells",
    lambda: hasattr(KEEPING, "cache_clear"),
)


def let_go_of_removed_widgets() -> None:
    """Free the rows of widgets that are not shown any more: help, notifications, screens that were closed."""
    if USE.works and KEEPING is not None:
        KEEPING.cache_clear()
