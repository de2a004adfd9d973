"""Lets go of the rows of widgets that are gone.

Why: Textual 8.2.8 remembers two colours under the cache of rows that asked for them, and with that key keeps
1,024 such caches from being freed: 60 MB after some minutes of much coming and going.
Private: `StylesCache.get_inner_outer`, a function with a cache.
Without this module: memory grows by that.
"""

from __future__ import annotations

from textual._styles_cache import StylesCache


def let_go_of_removed_widgets() -> None:
    """Free the rows of widgets that are not shown any more: help, notifications, screens that were closed."""
    StylesCache.get_inner_outer.cache_clear()
