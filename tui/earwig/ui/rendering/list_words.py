"""What the frame of the list says: how many sessions there are, and how they are ordered."""

from __future__ import annotations

from earwig.core.catalog.arrangement import Order
from earwig.core.catalog.restrictions import Only
from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.text.safe_text import SafeText, joined, own_text


def count_words(catalog: SessionCatalog, *, complete: bool) -> SafeText:
    """Return how many there are, and how many of them are shown; `complete`: whether all are listed."""
    total = len(catalog)
    if catalog.only or catalog.filtered:
        return own_text("sessions · {:,} of {:,}", catalog.arranged.matching, total)
    if not total:
        return own_text("sessions" if complete else "sessions · …")
    away = len(catalog.known.kinds[Only.PUT_AWAY])
    counted = own_text("sessions · {:,}{}", total, own_text("" if complete else "+ …"))
    return own_text("{} · {:,} put away", counted, away) if away else counted


def order_words(catalog: SessionCatalog) -> SafeText:
    """Return how the list is ordered, where that is not as it is at the start."""
    words = [own_text("by channel")] if catalog.grouped else []
    if catalog.order is not Order.ACTIVITY:
        words.append(own_text("by {}", own_text(catalog.order.value)))
    return joined(own_text(", "), words)
