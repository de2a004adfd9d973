"""What happens to sessions is shown a little later, all at once, and not too often."""

from __future__ import annotations

from earwig.core.model.events import StoreEvents
from earwig.ui.screens.controllers.session_news import LIST_DELAY, LIST_PACE, SessionNews
from tests.ui.screens.controllers.fake_host import FakeHost

FACTS = StoreEvents()


def test_what_comes_together_is_shown_together(host: FakeHost) -> None:
    shown: list[int] = []
    news = SessionNews(host, lambda events: shown.append(len(events)), clock=lambda: host.now)
    for _ in range(3):
        news.take(FACTS)
    assert shown == []
    host.pass_time(LIST_DELAY)
    assert shown == [3]
    news.take(FACTS)
    host.pass_time(LIST_DELAY)
    assert shown == [3], "too soon after the last time"
    news.take(FACTS)
    host.pass_time(LIST_PACE)
    assert shown == [3, 2]


def test_it_may_be_shown_at_once(host: FakeHost) -> None:
    shown: list[int] = []
    news = SessionNews(host, lambda events: shown.append(len(events)), clock=lambda: host.now)
    news.take(FACTS, at_once=True)
    news.show_now()
    assert shown == [1, 0]
