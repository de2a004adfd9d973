"""What an event has changed: what a part answers, and the view acts on."""

from __future__ import annotations

from enum import Flag


class ViewChange(Flag):
    """What must be done after an event; `|` gives what two ask for."""

    NOTHING = 0

    STATUS = 0b00001
    """The status has changed: tell it."""

    PAINT = 0b00010
    """The rows on the screen look different: paint them."""

    ROWS = 0b00111
    """Other rows, or other marks in them, are on the screen: draw them, and tell the status."""

    PLACE = 0b01111
    """The view stands elsewhere, or holds other entries: read ahead as well."""

    ARRIVED = 0b11111
    """Something was appended: draw it at once."""
