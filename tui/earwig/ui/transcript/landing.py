"""Where the view is to stand once the entries of a place are read."""

from __future__ import annotations

from enum import Enum

from earwig.core.model.entries import Entry
from earwig.core.named_tuple import NamedTuple


class Stand(Enum):
    """How the view stands on an entry."""

    HELD = "held"
    """The view holds, with no cursor: the reader has gone back there."""

    FOUND = "found"
    """At the top, with the cursor on it: the reader looked for it."""

    IN_PLACE = "in place"
    """As it stood before other entries were shown around it; the cursor stays."""

    MATCH = "match"
    """So that the match in it that was found is on the screen."""


class Landing(NamedTuple):
    """An entry, and where on the screen it is to be; where it is not there, what is nearest to it is."""

    entry: Entry
    stand: Stand
    row: int = 0
    """The row of the screen for its first row; negative: so many of its rows are above."""


class Target(NamedTuple):
    """Where a jump leads: to a position, or to a line's number."""

    position: int | None = None
    line: int | None = None
