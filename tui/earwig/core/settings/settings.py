"""What a reader can set: one frozen object, made once at the start and handed on, never looked up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText

if TYPE_CHECKING:
    from earwig.core.watch_rules.rules import Watched

SORTS: Final = ("activity", "name", "size", "unread", "health")
"""Orders of the sessions, the first by default."""

TIMES: Final = ("local", "utc")
"""Zones that times are shown in, the first by default."""

COLOURED: Final = ("user", "assistant", "tool", "system", "bad")
"""What can have a colour of the reader's own: the four roles, and bad lines."""

NARROWEST: Final = 20
"""Cells; a narrower column is spelled, not read."""

WIDEST: Final = 1_000
"""Cells; no screen has more."""

ALL_OF_IT: Final = 0
"""The width of a column that takes all the room there is."""


class NamedPattern(NamedTuple):
    """Something to leave out of what is handed on, and what to call it there."""

    name: SafeText
    pattern: re.Pattern[str]
    """Matches no empty text."""


class Settings(NamedTuple):
    """Everything that a reader can set; without arguments, what holds where nothing is set."""

    theme: str = ""
    """The theme to start with, by its name; empty: the program's own."""

    sort: str = SORTS[0]
    """The order of the sessions, one of `SORTS`."""

    time: str = TIMES[0]
    """The zone that times are shown in, one of `TIMES`."""

    width: int = 100
    """The most cells of a transcript's text column, from `NARROWEST` to `WIDEST`; or `ALL_OF_IT`."""

    wrap: bool = True
    """Whether long lines go on in the next row, or are cut at the edge."""

    mouse: bool = True
    """Whether the program takes the mouse; without, the terminal selects and copies as it always does."""

    poll: bool = False
    """Whether to look for changes by the clock: for folders of another machine."""

    plain: bool = False
    """Whether to print line by line instead of drawing: for screen readers and simple terminals."""

    keys: Mapping[str, str] = MappingProxyType({})
    """Keys by action, as Textual's keymap has them: `{"transcript.newest": "end,G"}`."""

    colours: Mapping[str, str] = MappingProxyType({})
    """Colours (`#rrggbb`) of what is in `COLOURED`; the theme's where there is none."""

    redact_patterns: tuple[NamedPattern, ...] = ()
    """What to leave out of what is handed on, beside what is always left out."""

    watch: Sequence[Watched] = ()
    """What the browser tells of as it comes; of a file, a `WatchRules`, which is read when it is asked."""

    redact_fault: SafeText | None = None
    """Why some of these patterns may be missing, in a sentence; then nothing masked is to be handed on."""

    @property
    def utc(self) -> bool:
        """Whether times are shown in UTC rather than the reader's own zone."""
        return self.time == "utc"
