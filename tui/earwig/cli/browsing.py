"""The browser, as a command starts it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from earwig.cli.output import CannotDo
from earwig.core.model.session import Session
from earwig.core.stores.store import Store

if TYPE_CHECKING:
    from earwig.core.catalog.reading_state import ReadingState
    from earwig.core.model.message_link import MessageLink
    from earwig.core.settings.settings_source import Loaded
    from earwig.core.stores.first_look import FirstLook
    from earwig.core.stores.location import FoundStores


def browse(
    store: Store,
    loaded: Loaded,
    *,
    found: FoundStores | None = None,
    first: FirstLook | None = None,
    reading: ReadingState | None = None,
    link: tuple[Session, MessageLink] | None = None,
) -> int:
    """Show the store's sessions until the reader leaves; returns the exit status. Raises `CannotDo`."""
    from earwig.ui.app.run_browser import CannotStart, run_browser

    try:
        return run_browser(
            store, os.environ, found=found, loaded=loaded, first=first, reading=reading, link=link
        )
    except CannotStart as error:
        raise CannotDo(error.sentence) from error
