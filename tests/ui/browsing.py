"""Drives the whole browser without a terminal, and reads what is on its screen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from earwig.core.model.message import ChatMessage
from earwig.core.settings.settings import Settings
from earwig.core.stores.first_look import Beginning
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.core.stores.store import Store
from earwig.ui.app.app import EarwigApp
from earwig.ui.transcript.view import TranscriptView
from tests.ui.drawn import drawn

DEADLINE = 30.0
"""Seconds that anything which must come may take on a busy machine."""


@dataclass
class Browser:
    """A running browser and the sessions folder that it shows."""

    app: EarwigApp
    pilot: Pilot[int]
    folder: Path

    @property
    def view(self) -> TranscriptView:
        return self.app.browser.view

    def rows(self) -> list[str]:
        """The screen, row by row, as a reader sees it."""
        return [strip.text.rstrip() for strip in drawn(self.app.screen)]

    def transcript(self) -> list[str]:
        """The rows of the transcript alone: with the gutter, without the scroll mark."""
        return [self.view.render_line(y).text[:-1].rstrip() for y in range(self.view.size.height)]

    def unruled(self) -> list[str]:
        """The same, blank where the ruler stands: that goes where the bot's memory would begin."""
        return ["" if row.startswith("┄") else row for row in self.transcript()]

    def sidebar(self) -> list[str]:
        """The rows of the list of sessions."""
        sessions = self.app.browser.sessions
        return [sessions.render_line(y).text.rstrip() for y in range(sessions.size.height)]

    def header(self) -> str:
        """What the transcript's frame says at its top."""
        return self.rows()[0]

    def notifications(self) -> list[str]:
        """What the program told in passing; a test's screen does not show it."""
        return [notification.message for notification in self.app._notifications]

    async def wait_for(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something to be so; fails with the screen if it does not come."""
        end = time.monotonic() + DEADLINE
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"not within {DEADLINE} s: {what}\n" + "\n".join(self.rows()))
            await asyncio.sleep(0.005)
        await self.pilot.pause()

    async def expect_shown(self, text: str) -> None:
        """Wait for a text to be on the screen."""
        await self.wait_for(lambda: any(text in row for row in self.rows()), f"{text!r} on the screen")

    async def wait_for_counts(self) -> None:
        """Wait for all lines to be counted, the bot's memory estimated, and Markdown rendered."""
        await self.wait_for(lambda: self.view.parts.session.memory is not None, "estimated")
        await self.wait_for(
            lambda: self.view.parts.session.counted is not None and self.view.parts.session.counted.done,
            "counted",
        )
        await self.wait_for(lambda: self.view.cache.markdown, "Markdown rendered")


def listed(store: Store) -> Callable[[], Beginning]:
    """All sessions of a store, for the first frame."""
    return lambda: Beginning(store.sessions())


@asynccontextmanager
async def browsing(
    folder: Path,
    *,
    size: tuple[int, int] = (100, 30),
    theme: str = "",
    now: float | None = None,
    settings: Settings | None = None,
) -> AsyncIterator[Browser]:
    """Run the browser on a sessions folder."""
    store = FolderStore([folder])
    clock = time.time if now is None else lambda: now
    app = EarwigApp(store, listed(store), settings=settings or Settings(theme=theme), clock=clock)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Browser(app, pilot, folder)


def line(role: str, content: str) -> bytes:
    """A line as the bot writes it."""
    import orjson

    return orjson.dumps({"role": role, "content": content}) + b"\n"


def talk(count: int, start: int = 1) -> bytes:
    """A conversation: `question 1`, `answer 1`, `question 2`, ..., `count` lines in all."""
    messages = [
        ChatMessage.user(f"question {start + at // 2}")
        if at % 2 == 0
        else ChatMessage.assistant(f"answer {start + at // 2}")
        for at in range(count)
    ]
    return b"".join(line(*message) for message in messages)


def rewrite(path: Path, data: bytes) -> None:
    """Rewrite a session in one moment, by a rename: nobody sees it while it is emptied and not yet filled."""
    fresh = path.with_name(".tmpAbCdEf")
    fresh.write_bytes(data)
    fresh.rename(path)


def append(path: Path, data: bytes) -> None:
    """Append as the bot does: one write for the JSON, one for the newline."""
    with path.open("ab", buffering=0) as file:
        for each in data.splitlines():
            file.write(each)
            file.write(b"\n")
