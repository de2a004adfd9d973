"""What is opened and taken along, what can be cancelled, and what is told of all that."""

from __future__ import annotations

from typing import Any, cast

import pytest
from textual.actions import SkipAction

from earwig.core.memory.rules import Estimate
from earwig.core.model.entries import RemovedEntry
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.message_link import MessageLink
from earwig.core.reading.filtering import read_filter
from earwig.core.text.safe_text import own_text
from earwig.ui.rendering.cells import Cell
from earwig.ui.rendering.shape import Level
from earwig.ui.session.messages import LineTaken, LinkFollowed, Numbered, Remembered, StoredBytes
from earwig.ui.transcript import requests
from earwig.ui.transcript.view_change import ViewChange
from tests.ui.transcript.rig import LENGTH, Rig, page, shown


@pytest.fixture
def rig() -> Rig:
    rig = shown()
    rig.reader.asked.clear()
    return rig


def posted(rig: Rig, kind: type[Any]) -> list[Any]:
    return [it for it in rig.host.posted if isinstance(it, kind)]


def select(rig: Rig) -> None:
    rig.parts.selection.press(Cell(1, 0))
    rig.parts.selection.drag(Cell(1, 2))
    rig.parts.selection.release()


def test_the_selection_is_copied_before_the_message(rig: Rig) -> None:
    clipboard = rig.parts.clipboard
    clipboard.copy()
    select(rig)
    clipboard.copy()
    assert [it.data for it in posted(rig, requests.CopyWanted)] == [b"say 99", b"say"]
    rig.parts.selection.clear()
    with pytest.raises(SkipAction):
        clipboard.copy_selection()


def test_programs_get_the_message_as_it_is_stored(rig: Rig) -> None:
    rig.parts.clipboard.page()
    rig.parts.clipboard.edit()
    assert [(it.source, it.edit) for it in posted(rig, requests.ProgramWanted)] == [
        (b"say 99", False),
        (b"say 99", True),
    ]


def test_a_stored_line_is_read_in_the_background_and_then_copied(rig: Rig) -> None:
    rig.parts.clipboard.copy_stored(rig.parts.viewport.entries[5])
    ((_, generation, _, then),) = rig.reader.take("read")
    assert generation == 0
    then(b"bytes")
    (taken,) = posted(rig, LineTaken)
    rig.commit(rig.parts.takers()["LineTaken"](taken))
    assert [it.data for it in posted(rig, requests.CopyWanted)] == [b"bytes"]
    rig.parts.clipboard.take_line(LineTaken(rig.reader, None, taken.then))
    assert rig.host.told == ["The session was rewritten just now; try again."]


def test_of_what_is_gone_the_bytes_of_bad_lines_are_kept() -> None:
    rig = Rig()
    rig.show(page(0, 2, 2, items={1: RemovedEntry(1, BadLine("no", b"{"), 0.0)}))
    rig.parts.opener.open_stored()
    assert [it.data for it in posted(rig, requests.StoredWanted)] == [b"{"]
    rig.show(page(0, 2, 2, items={1: RemovedEntry(1, ChatMessage.user("x"), 0.0)}))
    rig.parts.opener.open_stored()
    assert rig.host.told == ["Its bytes are not kept; v shows its text as it was stored."]
    assert not rig.reader.take("read")


def test_the_number_of_a_line_that_was_opened_is_told_once_it_is_known() -> None:
    rig = Rig()
    bare = page(0, 3, 3)
    rig.show(bare._replace(entries=tuple(it._replace(number=None) for it in bare.entries)))
    line = rig.parts.viewport.entries[1]
    rig.parts.takers()["StoredBytes"](StoredBytes(rig.reader, line, b"{}", None))
    rig.count(3)
    assert rig.reader.take("number") == [("number", [0])]
    rig.count(3)
    assert not rig.reader.take("number")  # it is on its way
    rig.parts.takers()["Numbered"](Numbered(rig.reader, {LENGTH: 2}, generation=7))
    assert not posted(rig, requests.LineKnown)
    rig.parts.takers()["Numbered"](Numbered(rig.reader, {LENGTH: 2}, generation=0))
    assert [it.number for it in posted(rig, requests.LineKnown)] == ["2"]


def test_a_message_without_links_says_so_and_others_show_them(rig: Rig) -> None:
    rig.parts.opener.open_links()
    assert rig.host.told == ["no link and no file in this message"]
    rig.show(page(0, 1, 1, items={0: ChatMessage.user("see https://example.org/a")}))
    rig.parts.opener.open_links()
    assert len(posted(rig, requests.LinksWanted)) == 1


def test_a_link_of_this_session_is_looked_for_and_stood_on(rig: Rig) -> None:
    link, other = MessageLink("alice", 5, "0" * 16), MessageLink("bob", 5, "0" * 16)
    rig.commit(rig.parts.links.follow(other))
    assert not rig.reader.take("links.find")
    rig.commit(rig.parts.filtering.set(read_filter("role:user")))
    rig.commit(rig.parts.links.follow(link))
    assert rig.reader.take("links.find") == [("links.find", link)]
    found = LinkFollowed(rig.reader, link, 4 * LENGTH, page(0, 100, 100), found=False)
    rig.commit(rig.parts.takers()["LinkFollowed"](found))
    assert rig.said()[0] == "say 4"
    assert rig.parts.session.filter is None
    assert rig.reader.take("set_filter")[-1] == ("set_filter", None)
    assert "this is where line 5 is" in rig.host.told[-1]
    assert rig.parts.takers()["LinkFollowed"](found) is ViewChange.NOTHING


def test_escape_ends_one_thing_at_a_time_in_order(rig: Rig) -> None:
    parts, leave = rig.parts, rig.parts.actions()["let_go"]
    rig.commit(parts.filtering.set(read_filter("role:user")))
    rig.commit(parts.finder.find_from(cast("Any", "say"), 0))
    rig.commit(parts.navigator.go_to_line(7))
    parts.clipboard.wait(True)
    parts.see()
    select(rig)

    def there() -> tuple[bool, ...]:
        return (
            parts.selection.exists,
            parts.clipboard.waiting,
            parts.pursuit.can_be_stopped,
            parts.finder.find is not None,
            parts.session.filter is not None,
        )

    assert there() == (True,) * 5
    for ended in range(5):
        rig.commit(leave())
        if ended == 1:
            (_,) = posted(rig, requests.LetGo)
            parts.clipboard.wait(False)
        assert there() == (False,) * (ended + 1) + (True,) * (4 - ended)
    with pytest.raises(SkipAction):
        leave()


def test_the_status_says_it_all(rig: Rig) -> None:
    status = rig.parts.teller.status()
    assert (status.following, status.below, status.filters) == (True, "", ())
    assert status.counted is not None
    rig.commit(rig.parts.navigator.scroll_rows(-1))
    rig.count(100, new=3)
    assert rig.parts.teller.status().below == "▼ 3 new · End to follow"
    rig.commit(rig.parts.actions()["tools"]())
    assert rig.parts.teller.status().tools is Level.FULL


def test_the_ruler_stands_where_the_memory_begins_and_a_note_is_told_once(rig: Rig) -> None:
    estimate = cast("Estimate", type("Estimated", (), {"kept_from": 98 * LENGTH}))
    message = Remembered(rig.reader, estimate, 0, own_text("a strange setting"))
    for _ in range(2):
        rig.commit(rig.parts.takers()["Remembered"](message))
    assert any(row.startswith("┄") for row in rig.rows())
    assert rig.host.told == ["a strange setting"]
