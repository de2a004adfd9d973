"""Which sessions the arguments mean."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from earwig.cli.output import CannotDo, Output
from earwig.core.model.session import Session
from earwig.core.model.unlisted import Unlisted
from earwig.core.stores.kinds import store_for
from earwig.core.stores.location import (
    FoundStores,
    NoSuchPath,
    PathTarget,
    find_workspaces,
    is_at,
    key_typed,
    resolve_path,
    target_away,
)
from earwig.core.system.opening import CannotOpen
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text, safe_name

if TYPE_CHECKING:
    from earwig.core.model.message_link import MessageLink
    from earwig.core.reading.link_search import LinkSearch
    from earwig.core.stores.store import Store

_GUESSES = 3
_COMPARED = 2000
"""Keys compared letter by letter for a guess; more would take seconds."""


def workspaces() -> FoundStores:
    """Return the bot's own sessions folders, by this process's environment."""
    return find_workspaces(os.environ, Path(os.path.expanduser("~")))  # noqa: PTH111 - Path.home may raise


def store_at(paths: Sequence[Path]) -> Store:
    """Return a store of what the paths mean. Raises `NoSuchPath`."""
    return store_for([_target(path) for path in paths])


def store_in(found: FoundStores) -> Store:
    """Return a store of the bot's own sessions; where none exist yet, of where they may come to be."""
    return store_for([PathTarget(folders=tuple(found.folders or found.looked))])


def store_of(paths: Sequence[Path], err: Output) -> Store:
    """Return a store of what the paths mean, or with none of the bot's own sessions. Raises `NoSuchPath`.

    Of several paths, one may mean nothing: its folder is in the store, and cannot be listed.
    """
    if len(paths) > 1:
        return _store_of_several(paths)
    if paths:
        return store_at(paths)
    found = workspaces()
    for note in found.notes:
        complain(err, note)
    return store_in(found)


def _store_of_several(paths: Sequence[Path]) -> Store:
    targets: list[PathTarget] = []
    problems: list[NoSuchPath] = []
    for path in paths:
        try:
            targets.append(_target(path))
        except NoSuchPath as error:
            away = target_away(_expanded(path))
            if away is None:
                raise
            problems.append(error)
            targets.append(away)
    if len(problems) == len(paths):
        raise problems[0]
    return store_for(targets)


def _target(path: Path) -> PathTarget:
    """Return what a path means. Raises `NoSuchPath`."""
    return resolve_path(_expanded(path))


def listed(store: Store, err: Output) -> tuple[list[Session], bool]:
    """Return the sessions, newest activity first, and whether these are all; on standard error why not."""
    unlisted: list[Unlisted] = []
    sessions = store.sessions(unlisted)
    if not sessions and all(it.missing for it in unlisted):
        return sessions, True  # no bot has been there yet
    for it in unlisted:
        left_out = own_text("the rest of it is" if it.partial else "its sessions are")
        complain(err, own_text("{}; {} left out", it.words(safe_name(it.folder)), left_out))
    return sessions, not unlisted


def complain(err: Output, sentence: SafeText) -> None:
    """Say on standard error what is wrong; nothing is held back."""
    err.line(own_text("earwig: "), sentence)
    err.flush()


def no_sessions(store: Store) -> SafeText:
    """Return the sentence for a store without sessions: where they were looked for, and what to do."""
    places = joined(own_text(" or "), (safe_name(str(path)) for path in store.places))
    return own_text("no sessions in {}; name the bot's workspace if it is elsewhere", places)


def cannot_open(session: Session, error: CannotOpen) -> CannotDo:
    """Return what to raise for a session that cannot be opened."""
    name, reason = safe_name(session.place), clean_line(error.reason)
    return CannotDo(own_text("{} {}; give a session that is a regular file you may read", name, reason))


def find_session(name: str, store: Store, err: Output | None = None) -> Session:
    """Return the session that an id means, a key, a path to a `.jsonl` file, or a key as `list` shows it.

    Where it means several, the likeliest is returned, and `err` is told of the others. Raises `CannotDo`.
    """
    found = sorted(_named(name, store), key=lambda session: _meaning(name, session))
    if found:
        others = [
            it for it in found[1:] if _meaning(name, it) <= max(_Meaning.PATH, _meaning(name, found[0]))
        ]
        if err is not None and others:
            _tell_others(name, found[0], others, err)
        return found[0]
    unlisted: list[Unlisted] = []
    sessions = store.sessions(unlisted)
    for session in sessions:
        if safe_name(session.key) == name:
            return session
    for away in unlisted:
        if not away.missing:
            words = away.words(safe_name(away.folder))
            raise CannotDo(own_text("no such session: {}; but {}; try again then", safe_name(name), words))
    path = _expanded(Path(name))
    raise CannotDo(_not_found(name, path, [session.key for session in sessions], store))


def _named(name: str, store: Store) -> Sequence[Session]:
    """Return the sessions that a path, an id or a key means."""
    expanded = str(_expanded(Path(name))) if name.startswith("~") else name
    return next(filter(None, map(store.find, dict.fromkeys((name, expanded)))), ())


class _Meaning(IntEnum):
    """How a session is what was typed: what comes first counts."""

    ID, KEY, PATH, ALIKE = range(4)


def _meaning(name: str, session: Session) -> _Meaning:
    if session.id == name:
        return _Meaning.ID
    if session.key == name:
        return _Meaning.KEY
    return _Meaning.PATH if is_at(session, name) else _Meaning.ALIKE


def find_meant(text: str, store: Store, err: Output | None = None) -> tuple[Session, MessageLink | None]:
    """Return the session that a text names, or the link to a message in it that the text is.

    A session that is called as a link looks is that session. Raises `CannotDo`.
    """
    link = link_of(text)
    if link is None:
        return find_session(text, store, err), None
    named = [it for it in _named(text, store) if _meaning(text, it) < _Meaning.ALIKE]
    if not named:
        return find_linked(link, store), link
    if err is not None and (others := _named(link.key, store)):
        words = own_text("{} is a session's key, and may be a link to a message as well", safe_name(text))
        instead = safe_name(others[0].id + text[len(link.key) :])
        complain(err, own_text("{}; for that, give {}", words, instead))
    return find_session(text, store, err), None


def find_linked(link: MessageLink, store: Store) -> Session:
    """Return the session with a link's message, or else the likeliest of its key. Raises `CannotDo`."""
    found = _named(link.key, store)
    if len(found) > 1:
        for session in found:
            with suppress(CannotOpen):
                if linked(link, session, store).found is not None:
                    return session
    return find_session(link.key, store)


def linked(link: MessageLink, session: Session, store: Store) -> LinkSearch:
    """Look for the message of a link in a session. Raises `CannotOpen`."""
    from earwig.core.reading.link_search import LinkSearch

    elsewhere = [store.open(it) for it in store.elsewhere(session)]
    search = LinkSearch(store.open(session), link, elsewhere)
    while not search.step():
        pass
    return search


def _tell_others(name: str, session: Session, others: Sequence[Session], err: Output) -> None:
    """Say that what was typed means several sessions, and how to name the others."""
    ids = joined(own_text(" or "), (safe_name(it.id) for it in others))
    if all(it.key == session.key for it in others):
        key, where = safe_name(session.key), safe_name(session.store)
        same = session.detail is not None and len(session.detail.beside) >= len(others)
        places = "{} is in {} places with the same messages, this is the one in {}"
        histories = "{} has {} histories, this is the one in {}"
        words = own_text(places if same else histories, key, len(others) + 1, where)
    else:
        means = own_text("{} means {} sessions", safe_name(name), len(others) + 1)
        words = own_text("{}, this is the one whose id is {}", means, safe_name(session.id))
    complain(err, own_text("{}; for another, give {}", words, ids))


def link_of(text: str) -> MessageLink | None:
    """Return the link to a message that a text is, if nothing of that name is there."""
    if "~" not in text[:-1] or os.path.lexists(text):
        return None
    from earwig.core.model.message_link import read_link

    link = read_link(text)
    return link if link is not None and link.key else None


def _not_found(name: str, path: Path, keys: list[str], store: Store) -> SafeText:
    shown = safe_name(name)
    if os.path.isdir(path):  # noqa: PTH112 - a Path's own answer may raise
        return own_text("{} is a folder, not a session; `earwig list {}` lists what is in it", shown, shown)
    if os.path.lexists(path):
        return own_text("{} is not a session; give a key, or a file that ends in .jsonl", shown)
    if not keys:
        return own_text("no such session: {}; {}", shown, no_sessions(store))
    guesses = joined(own_text(" or "), map(safe_name, _close_to(name, keys)))
    if guesses:
        return own_text("no such session: {}; did you mean {}?", shown, guesses)
    return own_text("no such session: {}; `earwig list` shows the keys", shown)


def _close_to(name: str, keys: list[str]) -> list[str]:
    wanted = key_typed(name).casefold()
    holding = [key for key in keys if wanted and wanted in key.casefold()]
    if holding:
        return holding[:_GUESSES]
    import difflib

    return difflib.get_close_matches(name, keys[:_COMPARED], _GUESSES)


def _expanded(path: Path) -> Path:
    """With the home for a `~` that the shell left alone, as it does in `--workspace=~/bot`."""
    if path.parts and path.parts[0] == "~" and not os.path.lexists(path):
        return Path(os.path.expanduser(path))  # noqa: PTH111
    return path


def named(session: Session) -> dict[str, object]:
    """Return which session it is: `id, key, store, path`."""
    return {"id": session.id, "key": session.key, "store": session.store, "path": session.file}
