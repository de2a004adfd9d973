"""From one user turn, failure, bad line or tool call to the next."""

from __future__ import annotations

from typing import Any

from earwig.core.model.message import BadLine, ChatMessage
from earwig.ui.session.messages import Place
from earwig.ui.session.searching import SeekResult
from earwig.ui.transcript.view_change import ViewChange
from tests.ui.transcript.rig import LENGTH, Rig, entry, page

BAD = BadLine("no JSON", b"{")


def rig_with(bad: list[int], first: int = 0, total: int = 100) -> Rig:
    """A session with bad lines, held from one line on, at its end."""
    rig = Rig()
    rig.show(page(first, total, total, items=dict.fromkeys(bad, BAD)))
    rig.count(total)
    rig.reader.asked.clear()
    return rig


def found(rig: Rig, at: int | None) -> None:
    """The seek that is under way has found the bad line there, or nothing."""
    ((_, seek),) = [it for it in rig.reader.take("search.seek") if it[1] is not None]
    it = None if at is None else entry(at, BAD)
    result = SeekResult(rig.reader, seek, it, 0, (), share=1.0, done=True)
    rig.commit(rig.parts.takers()["SeekResult"](result))


def at(rig: Rig) -> Any:
    return rig.parts.screenful.cursor_index


def test_one_that_is_held_is_stood_on() -> None:
    rig = rig_with([20, 60])
    rig.commit(rig.parts.kinds.jump("bad", -1))
    assert at(rig) == 60
    rig.commit(rig.parts.kinds.jump("bad", -1))
    assert at(rig) == 20
    rig.commit(rig.parts.navigator.back())
    assert rig.parts.screenful.rows[0] == (60, 0)


def test_from_the_last_it_goes_on_from_the_other_end_and_says_so() -> None:
    rig = rig_with([20, 60])
    for index in (60, 20, 60):
        rig.commit(rig.parts.kinds.jump("bad", -1))
        assert at(rig) == index
    assert rig.parts.pursuit.said == "no more bad lines above · on from the end"
    rig.commit(rig.parts.navigator.scroll_rows(1))
    assert rig.parts.pursuit.said is None


def test_the_only_one_and_none() -> None:
    rig = rig_with([60])
    rig.commit(rig.parts.kinds.jump("bad", -1))
    rig.commit(rig.parts.kinds.jump("bad", -1))
    assert rig.parts.pursuit.said == "the only bad line in this session"
    rig = rig_with([])
    rig.commit(rig.parts.kinds.jump("bad", 1))
    assert rig.parts.pursuit.said == "no bad line in this session"


def test_what_is_not_held_is_looked_for_and_gone_to() -> None:
    rig = rig_with([], first=500, total=1000)
    assert rig.parts.kinds.jump("bad", -1) is ViewChange.NOTHING
    assert rig.parts.pursuit.can_be_stopped
    found(rig, 100)
    assert rig.reader.take("around") == [("around", 100 * LENGTH)]
    rig.arrive(page(50, 150, 1000, items={100: BAD}), Place.AROUND, 100 * LENGTH)
    assert rig.parts.screenful.rows[0] == (50, 0)
    assert at(rig) == 50


def test_a_seek_that_finds_nothing_goes_round_once() -> None:
    rig = rig_with([], first=500, total=1000)
    rig.commit(rig.parts.kinds.jump("bad", -1))
    found(rig, None)  # above; what is held below has none either
    found(rig, None)
    assert rig.parts.pursuit.said == "no bad line in this session"
    assert not rig.parts.pursuit.can_be_stopped


def test_a_movement_ends_it_and_its_result_is_nobodys() -> None:
    rig = rig_with([], first=500, total=1000)
    rig.commit(rig.parts.kinds.jump("bad", -1))
    seek = rig.parts.pursuit.seek
    assert seek is not None
    rig.commit(rig.parts.navigator.scroll_rows(-1))
    assert rig.reader.take("search.seek")[-1] == ("search.seek", None)
    late = SeekResult(rig.reader, seek, entry(100, BAD), 0, (), share=1.0, done=True)
    assert rig.parts.takers()["SeekResult"](late) is ViewChange.NOTHING
    assert not rig.reader.take("around")


def test_user_turns_of_what_a_filter_leaves() -> None:
    rig = Rig()
    rig.show(page(0, 9, 9, items={at: ChatMessage.assistant("so") for at in range(9) if at != 4}))
    rig.commit(rig.parts.kinds.jump("user", 1))
    assert at(rig) == 4
