"""Links that were copied from a file before the bot made rows of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.model.entries import Entry
from earwig.core.model.message import ChatMessage
from earwig.core.model.message_link import MessageLink
from earwig.core.reading.link_search import LinkSearch, digest_at
from earwig.core.stores.store import Store
from tests.core.stores.combined.workspace import BYE, HELLO, WELL, Workspace

OK = ("user", "ok")
ODD = b'{ "content": "ok\\u00e9", "role": "user", "extra": 1 }\n'
"""As an older release of the bot, or another program, writes a line."""


def links_of(store: Store) -> list[tuple[MessageLink, Entry]]:
    """What `y` copies of each entry."""
    [session] = store.find("al")
    transcript = store.open(session)
    transcript.refresh()
    return [
        (MessageLink("al", number, digest_at(transcript, entry)), entry)
        for number, entry in enumerate(transcript.entries(), 1)
    ]


def found_by(store: Store, link: MessageLink) -> tuple[str, object] | None:
    session = store.find("al")[0]
    transcript = store.open(session)
    search = LinkSearch(transcript, link, [store.open(it) for it in store.elsewhere(session)])
    while not search.step():
        pass
    if search.found is None:
        return None
    return session.store, transcript.after(search.found, 1).entries[0]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_to_a_line_finds_its_row(tmp_path: Path, is_there: bool) -> None:
    workspace = Workspace(tmp_path)
    workspace.file("al.jsonl", HELLO, WELL, ("assistant", 'all\n"that" \x01\x7f é \u2028'), BYE)
    store = workspace.store
    links = links_of(store)
    workspace.do_import("al")
    workspace.rows("al", HELLO)
    if not is_there:
        (workspace.folder / "al.jsonl.migrated").unlink()
    for number, (link, entry) in enumerate(links):
        found = found_by(store, link)
        assert found is not None
        store_name, row = found
        assert isinstance(row, Entry)
        assert (store_name, row.item, row.position) == ("sqlite", entry.item, number + 1)
    assert [link.digest for link, _ in links_of(store)][:4] == [link.digest for link, _ in links]
    assert found_by(store, MessageLink("al", 1, "0" * 10)) is None


def test_the_same_words_said_twice_are_told_apart_by_the_file(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    file = workspace.file("al.jsonl", OK)
    file.write_bytes(b"no JSON\n" * 2 + file.read_bytes() + ODD)
    workspace.file("al.jsonl", HELLO, OK, BYE, WELL, OK)
    with file.open("ab") as more:
        more.write(ODD)
    store = workspace.store
    links = links_of(store)
    messages = [(link, entry) for link, entry in links if isinstance(entry.item, ChatMessage)]
    for _, entry in messages:
        assert isinstance(entry.item, ChatMessage)
        workspace.rows("al", entry.item)
    file.rename(f"{file}.migrated")
    for number, (link, entry) in enumerate(messages, 1):
        found = found_by(store, link)
        assert found is not None
        assert isinstance(found[1], Entry)
        assert (found[1].item, found[1].position) == (entry.item, number), link
