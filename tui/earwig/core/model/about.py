"""What a store knows of a session beside its messages: an editor's plan, what became of turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import orjson

from earwig.core.text.safe_text import SafeText, clean_line, many, own_text

MOST_STEPS = 200
"""The most steps kept of a plan; an editor's agent makes a dozen."""

_TEXT = 500
"""The most characters shown of one text."""

_DONE = "completed"
_MARKS = {_DONE: "✓", "in_progress": "▸", "pending": "·"}
_OTHER_MARK = "?"


class Step(NamedTuple):
    """One step of a plan; texts as they are stored."""

    content: str
    status: str
    """`pending`, `in_progress` or `completed`, as the bot writes it; it may be any other text."""

    priority: str = ""


class Plan(NamedTuple):
    """What the agent of a session means to do."""

    steps: Sequence[Step] = ()
    problem: str | None = None
    """Why `steps` is not the whole plan, as a clause to follow "plan"; None where it is."""

    raw: bytes = b""
    """The stored bytes, as many as were read; empty where there is no problem."""

    @property
    def done(self) -> int:
        return sum(step.status == _DONE for step in self.steps)


class TurnEvent(NamedTuple):
    """Something that became of a turn, or was done to the session. Its texts are as they are stored."""

    time: float | None
    """Unix time in seconds; None where none is stored."""

    action: str
    outcome: str
    payload: str


class About(NamedTuple):
    """All that a store knows of a session beside its messages. Fields are empty where it knows nothing."""

    created: float | None = None
    """When the session was made (Unix time, seconds)."""

    killed: float | None = None
    """When the session was ended by force (Unix time, seconds). Its last turn may have no end."""

    tokens: int | None = None
    plan: Plan | None = None
    events: Sequence[TurnEvent] = ()
    """The newest events, oldest first."""

    events_left_out: int = 0
    """The number of events that are older, or that cannot be read."""


NOTHING = About()


def plan_of(stored: bytes) -> Plan:
    """Return the plan stored as JSON: an array of `{content, status, priority}`."""
    try:
        entries = orjson.loads(stored)
    except orjson.JSONDecodeError:
        return Plan((), "is not JSON", stored)
    if not isinstance(entries, list):
        return Plan((), "is not a list of steps", stored)
    steps = [step for entry in entries[:MOST_STEPS] if (step := _step_of(entry)) is not None]
    bad = min(len(entries), MOST_STEPS) - len(steps)
    if bad:
        return Plan(steps, f"holds {bad:,} that {'is no step' if bad == 1 else 'are no steps'}", stored)
    if len(entries) > MOST_STEPS:
        return Plan(steps, f"has {len(entries):,} steps, these are the first {MOST_STEPS}", stored)
    return Plan(steps)


def _step_of(entry: object) -> Step | None:
    if not isinstance(entry, dict):
        return None
    content, status = entry.get("content"), entry.get("status")
    if not isinstance(content, str) or not isinstance(status, str):
        return None
    priority = entry.get("priority")
    return Step(content, status, priority if isinstance(priority, str) else "")


def plan_words(plan: Plan) -> SafeText:
    """Return how far a plan has come: `2 of 5 steps done`."""
    if plan.steps:
        return own_text("{:,} of {} done", plan.done, many(len(plan.steps), "step"))
    return own_text("no steps") if plan.problem is None else clean_line(plan.problem)


def plan_lines(plan: Plan) -> list[SafeText]:
    """Return a line for each step: a sign for its state, the state in words if need be, and its text."""
    lines = []
    for step in plan.steps:
        mark = clean_line(_MARKS.get(step.status, _OTHER_MARK))
        line = own_text("{} {}", mark, clean_line(step.content, limit=_TEXT))
        notes = [] if step.status in (_DONE, "pending") else [step.status.replace("_", " ")]
        notes += [] if step.priority in ("", "medium") else [f"{step.priority} priority"]
        for note in notes:
            line = own_text("{} ({})", line, clean_line(note, limit=_TEXT))
        lines.append(line)
    if plan.problem is not None:
        if plan.steps:
            lines.append(own_text("the plan {}", clean_line(plan.problem)))
        if plan.raw:
            lines.append(own_text("as it is stored: {}", _raw(plan.raw)))
    return lines


def event_lines(about: About, when: Callable[[float], SafeText]) -> list[SafeText]:
    """Return a line for each event; `when` turns Unix time in seconds into words."""
    lines = []
    if about.events_left_out:
        lines.append(own_text("… {} before, or not readable", many(about.events_left_out, "event")))
    for event in about.events:
        at = own_text("?") if event.time is None else when(event.time)
        said = [
            clean_line(text, limit=_TEXT) for text in (event.action, event.outcome, event.payload) if text
        ]
        line = at
        for words in said:
            line = own_text("{}  {}", line, words)
        lines.append(line)
    return lines


def record_of(about: About, moment: Callable[[float], str | None]) -> Mapping[str, object]:
    """Return everything for `--json`, as stored; `moment` turns Unix time in seconds into RFC 3339."""

    def time(at: float | None) -> str | None:
        return None if at is None else moment(at)

    values: dict[str, object] = {
        "created": time(about.created),
        "killed": time(about.killed),
        "tokens": about.tokens,
    }
    if about.plan is not None:
        values["plan"] = [step._asdict() for step in about.plan.steps]
        if about.plan.problem is not None:
            values["plan_problem"] = about.plan.problem
            values["plan_raw"] = about.plan.raw.decode("utf-8", "backslashreplace")
    if about.events or about.events_left_out:
        values["events"] = [event._asdict() | {"time": time(event.time)} for event in about.events]
    if about.events_left_out:
        values["events_left_out"] = about.events_left_out
    return {name: value for name, value in values.items() if value is not None}


def _raw(raw: bytes) -> SafeText:
    return clean_line(raw[: 2 * _TEXT].decode("utf-8", "backslashreplace"), limit=_TEXT)
