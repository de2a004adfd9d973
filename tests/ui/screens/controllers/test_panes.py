"""One pane or two: which has the keys, and which sessions are shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult

from earwig.core.model.events import StoreEvents
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.core.system.background import Background
from earwig.ui.screens.controllers.panes import Panes
from earwig.ui.session.session_reader import SessionReader
from earwig.ui.transcript.pane import TranscriptPane
from tests.ui.browsing import talk


class Host(App[None]):
    """Two panes, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = TranscriptPane(), TranscriptPane()

    def compose(self) -> ComposeResult:
        yield self.left
        yield self.right


async def test_the_second_has_the_keys_and_the_first_can_have_them_back(tmp_path: Path) -> None:
    app = Host()
    async with app.run_test():
        panes = Panes(app.left)
        assert panes.view is app.left.view
        assert panes.remove_other() is None
        assert not panes.give_keys_to(app.left.view)
        panes.add(app.right)
        assert (panes.current, panes.other) == (app.right, app.left)
        assert app.left.has_class("-other")
        assert not panes.give_keys_to(app.right.view)
        assert panes.give_keys_to(app.left.view)
        assert panes.view is app.left.view
        assert app.right.has_class("-other")
        assert not app.left.has_class("-other")
        assert panes.remove_other() is app.right
        assert panes.views == [app.left.view]


async def test_what_is_shown_is_looked_at_and_what_goes_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[SessionReader] = []
    checked: list[SessionReader] = []
    monkeypatch.setattr(SessionReader, "close", lambda reader: closed.append(reader))  # noqa: PLW0108 - a method
    comes: set[str] = set()

    def check(reader: SessionReader, *, here: bool = False) -> bool:
        checked.append(reader)
        return here and reader.session.id in comes

    monkeypatch.setattr(SessionReader, "check", check)
    for key in ("al", "bo"):
        (tmp_path / f"telegram_{key}.jsonl").write_bytes(talk(2))
    store, background, app = FolderStore([tmp_path]), Background(), Host()
    al, bo = store.sessions()
    async with app.run_test():
        panes = Panes(app.left)
        panes.add(app.right)
        assert panes.session_ids == []
        feeds = []
        for view, session in zip((app.left.view, app.right.view), (al, bo), strict=True):
            reader = SessionReader(session, store.open(session), background, view.post_message)
            view.show(reader)
            feeds.append(reader)
        assert panes.session_ids == [bo.id, al.id]
        assert not panes.check_at_once(StoreEvents(changed=(bo,)))
        assert checked == feeds[1:]
        panes.check_all()
        assert checked[1:] == feeds[::-1]
        assert not panes.check_at_once()
        comes.add(bo.id)
        assert panes.check_at_once()
        assert checked[3:] == [*feeds[::-1]] * 2  # all are looked at, whichever has something
        panes.remove_other()
        assert panes.session_ids == [bo.id]
        assert closed == [feeds[0]]
