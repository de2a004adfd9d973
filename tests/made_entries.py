"""Entries made for a test, as a file of lines has them."""

from __future__ import annotations

from earwig.core.model.entries import Entry, Item


def line_entry(offset: int, size: int, item: Item, number: int | None, complete: bool = True) -> Entry:
    """What is a line of so many bytes at an offset, with a newline behind it if it is complete."""
    return Entry(offset, offset + size + complete, size, item, number, complete)
