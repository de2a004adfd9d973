"""What `show --about` prints: what a store knows of a session beside its messages."""

from __future__ import annotations

import time

from earwig.cli.output import Output
from earwig.cli.records import named
from earwig.core.model.about import About, event_lines, plan_lines, plan_words, record_of
from earwig.core.model.session import Session
from earwig.core.model.standing import people_of, places_of, state_of
from earwig.core.text.moments import moment_of
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text, safe_name


def tell_about(session: Session, about: About, out: Output, *, as_json: bool) -> None:
    """Print it, as text or as one object."""
    detail = session.detail
    if as_json:
        values = named(session)
        if detail is not None and detail.state is not None:
            values["state"] = detail.state
        out.record(values | dict(record_of(about, _moment)))
        return
    rows: list[tuple[SafeText, SafeText]] = [(own_text("key"), safe_name(session.key))]
    rows += people_of(detail) if detail is not None else []
    rows.append((own_text("store"), joined(own_text(", "), _store_words(session))))
    rows += [(own_text("also in"), place) for place in places_of(detail)] if detail is not None else []
    for what, at in (("created", about.created), ("killed", about.killed)):
        if at is not None:
            rows.append((clean_line(what), _when(at)))
    if about.tokens is not None:
        rows.append((own_text("tokens"), own_text("{:,}", about.tokens)))
    for what_is, told in rows:
        out.line(own_text("{}: {}", what_is, told))
    if about.plan is not None:
        out.line(own_text("plan: {}", plan_words(about.plan)))
        for line in plan_lines(about.plan):
            out.line(own_text("    {}", line))
    if about.events or about.events_left_out:
        out.line(own_text("events:"))
        for line in event_lines(about, _when):
            out.line(own_text("    {}", line))


def _store_words(session: Session) -> list[SafeText]:
    detail, words = session.detail, [clean_line(session.store)]
    if detail is not None:
        words += filter(None, [state_of(detail, time.time_ns())])
        words += [own_text("hidden")] if detail.hidden else []
    return words


def _moment(at: float) -> str | None:
    return moment_of(round(at * 1e9))


def _when(at: float) -> SafeText:
    return clean_line(_moment(at) or "?")
