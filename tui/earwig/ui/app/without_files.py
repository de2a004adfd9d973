"""What cannot be done because the system has no open file left to give is told, and the browser goes on."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from textual.app import App

from earwig.core.system.open_files import files_to_spare, too_few
from earwig.core.text.safe_text import own_text
from earwig.ui.rendering.plain import notify_safely


async def told_if_without_files(app: App[Any], doing: Awaitable[bool]) -> bool:
    """Wait for what is being done; tell of whatever it fails with while no file can be opened."""
    try:
        return await doing
    except Exception:
        if files_to_spare(1):
            raise
        notify_safely(app, too_few(own_text("that")), title=own_text("Not done"), severity="error")
        return True
