"""Waits until an app under test has nothing left to do: for that, and not for a time in which it may do it.

Textual's own wait looks at the processor: 20 ms or more after each key, up to a second beside a thread that
works, and over too soon where the machine gives this process no turn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from textual._context import active_message_pump
from textual.app import App
from textual.message_pump import MessagePump
from textual.widget import Widget

_MOST = 10.0
"""Seconds after which an app that always has something to do is left to it."""

_LOOKS = 3
"""So many looks one after another find nothing to do: a thread's word may come between two."""

_APART = 0.001
"""Seconds between two looks."""


async def settled(_min_sleep: float = 0, _max_sleep: float = 0) -> None:
    """Wait until the running app has handled all its messages and drawn its screen."""
    app = active_message_pump.get().app
    end = time.monotonic() + _MOST
    looks = 0
    while looks < _LOOKS and time.monotonic() < end:
        await asyncio.sleep(_APART)
        looks = 0 if _busy(app) else looks + 1


def settle_by_condition(patch: pytest.MonkeyPatch) -> None:
    """Let Textual's `Pilot` wait so, wherever it waits for an app to be idle."""
    patch.setattr("textual.app.wait_for_idle", settled)
    patch.setattr("textual.pilot.wait_for_idle", settled)


def _busy(app: App[object]) -> bool:
    """Whether something waits for its turn on the event loop. Textual has no public way to know."""
    if not app.is_running or not app.screen_stack:
        return False
    if app._resize_event is not None or app._resize_timer is not None:
        return True
    screen = app.screen
    drawing = screen._layout_required or screen._scroll_required or screen._repaint_required
    if drawing or screen._recompose_required or screen._dirty_widgets or screen._callbacks:
        return not app._batch_count
    return any(_at_work(pump) for pump in _pumps(app))


def _at_work(pump: MessagePump) -> bool:
    """Whether it has a message, or is not yet back from the one before to wait for the next."""
    queue: Any = pump._message_queue
    return bool(pump._running and (queue.values or pump._next_callbacks or not queue.ready_event._waiters))


def _pumps(app: App[object]) -> Iterator[MessagePump]:
    yield app
    for screen in app.screen_stack:
        yield screen
        yield from screen.walk_children(Widget)
