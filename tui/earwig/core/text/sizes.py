"""Sizes of texts, counted and told."""

from __future__ import annotations

from earwig.core.text.safe_text import SafeText, clean_line, own_text

_UNITS = ("kB", "MB", "GB", "TB", "PB", "EB")


def utf8_size(text: str) -> int:
    """Return the bytes that a text takes in a file."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def human_size(size: int) -> SafeText:
    """Return a number of bytes for people: `812 bytes`, `45 kB`, `9.9 MB` (powers of 1,000)."""
    if size < 1_000:
        return own_text("1 byte" if size == 1 else "{} bytes", size)
    value, unit = size / 1_000, 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1_000, unit + 1
    return own_text(
        "{:.0f} {}" if unit == 0 and value >= 9.95 else "{:.1f} {}", value, clean_line(_UNITS[unit])
    )
