"""A message in the live view says when it was stored; where nobody knows that, when it was seen to come."""

from __future__ import annotations

import pytest

from earwig.core.follow.live import Arrival
from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Session, SessionId
from earwig.ui.rendering.arrival_row import draw_arrival
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.times import TimeStyle

NOW = 1_790_000_100.0


@pytest.mark.parametrize(
    ("seen", "stored", "shown"),
    [
        (None, None, "   #3"),
        (NOW, None, "  seen 14:15Z  #3"),
        (None, NOW - 60, "  14:14Z  #3"),
        (NOW, NOW - 60, "  14:14Z  #3"),
    ],
)
def test_when(seen: float | None, stored: float | None, shown: str) -> None:
    session = Session(SessionId("/s/al.jsonl"), 1, 1, (1, 1))
    arrival = Arrival(session, 0, 3, ChatMessage("user", "hi"), seen, stored)
    palette = Palette.from_theme_variables({}, dark=True)
    head, _ = draw_arrival(arrival, NOW, 60, palette, TimeStyle(utc=True), None)
    assert head.text.endswith(shown)
