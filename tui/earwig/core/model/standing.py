"""Words for a session besides its name: what its turn is doing, where it is kept, who is in it."""

from __future__ import annotations

from earwig.core.model.session import PLAIN, Beside, Detail, Session
from earwig.core.text.safe_text import SafeText, clean_line, joined, many, own_text, safe_name

_LIMIT = 60
"""The most characters of one text from a database."""

_SHORT = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_RUNNING = "running"
_COMMA, _NONE = own_text(", "), own_text("")


def words_of(session: Session, now_ns: int, *, with_store: bool = True) -> list[SafeText]:
    """Return a few words on each thing to say of a session, the most important first.

    `hidden` stands for a session that the bot's own list leaves out. With `with_store`, the kind of store is
    named too, where it is not plain and not put away.
    """
    detail = session.detail
    if detail is None:
        return []
    words = [*filter(None, [state_of(detail, now_ns)])]
    words += map(_besides, detail.beside)
    if session.is_put_away:
        words.append(clean_line(detail.store))
    if detail.hidden:
        words.append(own_text("hidden"))
    if detail.also_in:
        words.append(also_in(detail))
    if with_store and not session.is_put_away and detail.store != PLAIN:
        words.append(clean_line(detail.store))
    return words


def state_of(detail: Detail, now_ns: int) -> SafeText:
    """Return what the turn is doing, and for how long; empty where it does nothing."""
    if not detail.state:
        return _NONE
    state = clean_line(detail.state, limit=_LIMIT)
    if detail.state != _RUNNING or detail.since_ns is None:
        return state
    seconds = (now_ns - detail.since_ns) // 10**9
    for length, unit in _SHORT:
        if seconds >= length:
            return own_text("{} for {}{}", state, seconds // length, clean_line(unit))
    return state


def also_in(detail: Detail) -> SafeText:
    """Return the names of the other places that hold the same conversation."""
    return own_text("also in {}", joined(_COMMA, map(safe_name, detail.also_in)))


def _besides(other: Beside) -> SafeText:
    """In few words: a list has little room for them."""
    if other.only_here:
        return own_text("{} only here", many(other.only_here, "line"))
    return own_text("{:,} more in {}", other.only_there, safe_name(other.store))


def places_of(detail: Detail) -> list[SafeText]:
    """Return a line for each other place with the same messages, and what one has that the other lacks."""
    places = [safe_name(name) for name in detail.also_in]
    for other in detail.beside:
        name, here, there = (
            safe_name(other.store),
            many(other.only_here, "line"),
            many(other.only_there, "line"),
        )
        more = own_text("{}, which has {} more, skipped by the bot", name, there)
        less = own_text("{}, but for {} that the bot skipped", name, here)
        places.append(less if other.only_here else more)
    return places


def people_of(detail: Detail) -> list[tuple[SafeText, SafeText]]:
    """Return what the store knows of where a session is held and with whom, as names and values."""
    known = (
        ("name", detail.name),
        ("channel", detail.channel),
        ("room", detail.room),
        ("sender", detail.sender),
        ("agent", detail.agent),
    )
    return [
        (own_text("{}", clean_line(what)), clean_line(value, limit=_LIMIT)) for what, value in known if value
    ]
