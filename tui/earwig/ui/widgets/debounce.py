"""Calls back once, later: a Textual timer is a task of its own, which a frame has to wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.message_pump import MessagePump


class Debounce:
    """Calls back once, later; a new request puts it off. The call comes as a message, as a timer's does."""

    def __init__(self, pump: MessagePump, callback: Callable[[], object]) -> None:
        self._pump = pump
        self._callback = callback
        self._handle: asyncio.TimerHandle | None = None

    @property
    def is_due(self) -> bool:
        return self._handle is not None

    def call_in(self, seconds: float) -> None:
        """Call in so many seconds, and not before."""
        self.cancel()
        loop = asyncio.get_running_loop()
        self._handle = loop.call_later(seconds, self._call)

    def _call(self) -> None:
        self._handle = None
        self._pump.call_later(self._callback)

    def cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
