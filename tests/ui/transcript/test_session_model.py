"""What is known of the open session, and what is on its way from it."""

from __future__ import annotations

from typing import Any, cast

from earwig.core.reading.filtering import read_filter
from earwig.ui.session.messages import FilterCounted, Gone, Place, SessionUnreadable
from earwig.ui.session.session_reader import SessionReader
from earwig.ui.transcript.session_model import SessionModel
from earwig.ui.transcript.view_change import ViewChange
from tests.ui.transcript.rig import FakeHost, FakeReader


def model() -> tuple[SessionModel, FakeReader, FakeHost]:
    host, reader = FakeHost(), FakeReader()
    session = SessionModel(host)
    session.begin(cast("SessionReader", reader))
    return session, reader, host


def test_a_page_is_asked_for_once_until_it_comes() -> None:
    session, reader, _ = model()
    session.ask(Place.BEFORE, 50)
    session.ask(Place.BEFORE, 50)
    session.ask(Place.AFTER, 90)
    assert reader.asked == [("before", 50), ("after", 90)]
    session.answer(Place.BEFORE)
    session.ask(Place.BEFORE, 20)
    session.ask(Place.AFTER, 90)
    assert reader.asked[2:] == [("before", 20)]


def test_a_session_that_is_gone_is_told_once_and_looked_for_again() -> None:
    session, reader, host = model()
    session.ask(Place.AFTER, 90)
    assert session.take_gone(Gone(reader)) is ViewChange.PLACE
    assert session.take_gone(Gone(reader)) is ViewChange.NOTHING
    assert session.take_unreadable(SessionUnreadable(reader, "permission denied")) is ViewChange.PLACE
    assert session.problem == "permission denied"
    (again,) = host.due
    again.fire()
    assert reader.take("check")
    session.ask(Place.AFTER, 90)
    assert len(reader.take("after")) == 2  # what was asked for does not come
    session.be_there()
    again.call_in(0)
    again.fire()
    assert not reader.take("check")


def test_counts_of_another_filter_are_not_shown() -> None:
    session, reader, _ = model()
    entry_filter: Any = read_filter("role:user")
    session.set_filter(entry_filter)
    assert reader.take("set_filter") == [("set_filter", entry_filter)]
    old = FilterCounted(reader, cast("Any", read_filter("bad")), 1, (2,), done=True)
    assert session.take_filter_counts(old) is ViewChange.NOTHING
    assert session.left is None
    assert (
        session.take_filter_counts(FilterCounted(reader, entry_filter, 1, (2,), done=True))
        is ViewChange.STATUS
    )
    assert session.left is not None


def test_another_session_begins_with_nothing_known() -> None:
    session, reader, _ = model()
    session.take_gone(Gone(reader))
    session.set_filter(read_filter("bad"))
    other = FakeReader("bob")
    session.begin(cast("SessionReader", other))
    assert reader.take("close")
    assert (session.gone, session.filter, session.counted, session.span) == (False, None, None, (0, 0))
    session.ask(Place.AFTER, 5)
    assert other.take("after")
