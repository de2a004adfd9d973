"""Sessions that come after the first frame are waited for in a thread, until they are all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from earwig.core.catalog.session_catalog import SessionCatalog
from earwig.core.model.session import Session
from earwig.core.stores.first_look import ListedSoFar
from earwig.core.stores.jsonl.folder import FolderStore
from earwig.ui.screens.controllers.further_sessions import FurtherSessions
from tests.ui.browsing import talk
from tests.ui.screens.controllers.fake_host import FakeHost


def test_they_are_taken_as_they_come_until_they_are_all(host: FakeHost, tmp_path: Path) -> None:
    for key in ("al", "bo"):
        (tmp_path / f"telegram_{key}.jsonl").write_bytes(talk(2))
    al, bo = FolderStore([tmp_path]).sessions()
    listings = [ListedSoFar((al,), False), ListedSoFar((al, bo), True)]
    taken: list[tuple[int, bool]] = []
    known: list[Sequence[Session]] = []

    def take(catalog: SessionCatalog, complete: bool) -> None:
        taken.append((len(catalog), complete))

    further = FurtherSessions(host, lambda: listings.pop(0), take, known.append)
    further.wait()
    host.run_until(lambda: taken)
    assert taken == [(1, False)]
    assert known == []
    further.wait()
    host.run_until(lambda: len(taken) == 2)
    assert taken[1] == (2, True)
    assert known == [(al, bo)]
    assert not further.are_awaited
    further.wait()
    assert listings == []


def test_where_all_are_known_nothing_is_waited_for(host: FakeHost) -> None:
    further = FurtherSessions(host, None, lambda _catalog, _complete: None, lambda _sessions: None)
    further.wait()
    assert not further.are_awaited
