"""What nearly all parts of a transcript's view stand on."""

from __future__ import annotations

from earwig.core.named_tuple import NamedTuple
from earwig.ui.transcript.entry_cache import EntryCache
from earwig.ui.transcript.screenful import Screenful
from earwig.ui.transcript.viewport import Viewport


class OnScreen(NamedTuple):
    """Which entries are held and where the view stands in them, how each is drawn, and which are in sight."""

    viewport: Viewport
    cache: EntryCache
    screenful: Screenful
