"""What a row of the list says of where a session is kept, and what its turn is doing."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.catalog.summary import Health, Summary
from earwig.core.model.session import Detail, Session
from earwig.core.model.standing import words_of
from earwig.core.model.titles import title_of
from earwig.ui.rendering.look import PLAIN_LOOK as LOOK
from earwig.ui.rendering.session_names import distinct_labels, label_of
from earwig.ui.rendering.session_row import SessionRow, draw_session

NOW_NS = 1_800_000_000 * 10**9
FOLDER = Path("/bot/sessions")


def session(store: str = "sqlite", key: str = "telegram_alice", **known: object) -> Session:
    path = FOLDER / "sessions.db"
    detail = Detail(store, key, path, 2, **known)  # type: ignore[arg-type]
    return Session(f"{path}#{store}{key}", 1, NOW_NS, (1, 1), None, detail)
