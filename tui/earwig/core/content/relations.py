"""What neighbouring messages have to do with one another: call and result, question and answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Final, NamedTuple

from earwig.core.content.envelopes import observed
from earwig.core.content.parts import Call, Calls, Result, is_tool_traffic
from earwig.core.content.reading import LOOKED_AT, read_content
from earwig.core.content.tools import CALL_TAGS, RESULTS_HEAD
from earwig.core.message import ChatMessage
from earwig.core.transcript.entries import Entry, Ghost

FIRST_LINE = 200
"""Characters of a result that are told beside its call."""

_CALL_TAGS: Final = tuple(f"<{tag}>" for tag in CALL_TAGS)


class Answer(NamedTuple):
    """A tool's result, in short: what stands beside its call."""

    lines: int
    first: str
    """The beginning of its first line that is not blank; as stored."""

    status: str = ""
    entry: int = 0
    """Which entry it is in (`Entry.identity`)."""


class Missing(Enum):
    """What can be said of calls that have no result."""

    UNKNOWN = "unknown"
    """It may be in lines that are not held."""

    YET = "yet"
    """Nothing came after them."""

    NEVER = "never"


class Turn(Enum):
    """How it stands with a user's message that has no answer."""

    UNANSWERED = "unanswered"
    """The next message is the user's again."""

    WAITING = "waiting"
    """It is the last one."""


class Tie(NamedTuple):
    """What an entry has to do with its neighbours."""

    answers: tuple[Answer | None, ...] = ()
    """The results of its calls, in their order."""

    missing: Missing = Missing.UNKNOWN
    call: int | None = None
    """The entry that made the calls which this one answers, if it does nothing else."""

    called: tuple[Call, ...] = ()
    """Those calls, one for each of its results."""

    run: int | None = None
    """The first of the neighbours that hold nothing but tool traffic, if it is one of them."""

    run_length: int = 0
    """How many there are; only the first knows."""

    turn: Turn | None = None


NO_TIE: Final = Tie()


class Facts(NamedTuple):
    """What has to be known of a message to relate it to others; light, because many are kept."""

    role: str = ""
    calls: tuple[Call, ...] = ()
    """Without their arguments."""

    results: tuple[tuple[str | None, str, bool, Answer], ...] = ()
    """Of each: the call's id, the tool's name, whether it belongs to a call, the result in short."""

    only_tools: bool = False
    passive: bool = False
    """Whether nobody expects an answer: the bot only listens."""


def facts_of(entry: Entry) -> Facts | None:
    """What to know of an entry; None if it is no message that the bot loads."""
    item = entry.item
    if not isinstance(item, ChatMessage):
        return None
    role, content = item
    if not _may_be_tools(role, content):
        return Facts(role, passive=role == "user" and observed(content))
    parts = read_content(role, content)
    calls = tuple(
        Call(call.id, call.name, "") for part in parts if isinstance(part, Calls) for call in part.calls
    )
    results = tuple(
        (part.call, part.name, part.pairs, answer_of(part, entry.identity))
        for part in parts
        if isinstance(part, Result)
    )
    only = is_tool_traffic(tuple(p for p in parts if not _is_blank(content, p.start, p.stop)))
    return Facts(role, calls, results, only)


def _may_be_tools(role: str, content: str) -> bool:
    if role == "tool":
        return True
    if role == "assistant":
        return content.startswith("{") or any(content.find(tag, 0, LOOKED_AT) >= 0 for tag in _CALL_TAGS)
    return role == "user" and content.startswith(RESULTS_HEAD)


def _is_blank(content: str, start: int, stop: int) -> bool:
    return content[start : min(stop, start + 100)].isspace() and content[start:stop].isspace()


def answer_of(result: Result, entry: int) -> Answer:
    """A result in short."""
    text = result.text.strip("\n")
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    first = text[start : min(len(text) if end < 0 else end, start + FIRST_LINE)].rstrip()
    return Answer(text.count("\n") + 1 if text else 0, first, result.status, entry)


class _Open(NamedTuple):
    """A call without a result so far."""

    entry: int
    at: int
    call: Call


class _Pairing:
    """Goes along the entries and brings results to their calls."""

    def __init__(self) -> None:
        self._by_id: dict[str, _Open] = {}
        self._last: list[_Open] = []
        self.answers: dict[int, list[Answer | None]] = {}
        self.called: dict[int, list[_Open]] = {}

    def calls(self, entry: int, calls: Sequence[Call]) -> None:
        """An entry calls; a result without an id can only be meant for the last calls before it."""
        self._last = [_Open(entry, at, call) for at, call in enumerate(calls)]
        self.answers[entry] = [None] * len(calls)
        self._by_id.update({it.call.id: it for it in self._last if it.call.id is not None})

    def said(self) -> None:
        """Somebody speaks: what comes from here on answers no call without an id."""
        self._last = []

    def result(self, entry: int, call: str | None, name: str, answer: Answer) -> None:
        """A result comes: by its id; without one, in the calls' order."""
        found = self._by_id.pop(call, None) if call is not None else self._next(name)
        if found is None:
            return
        if found in self._last:
            self._last.remove(found)
        self.answers[found.entry][found.at] = answer
        self.called.setdefault(entry, []).append(found)

    def _next(self, name: str) -> _Open | None:
        if not name:
            return next((it for it in self._last if it.call.id is None), None)
        return next((it for it in self._last if it.call.name == name), None)


def relate(
    entries: Sequence[Entry],
    *,
    at_end: bool = True,
    facts: Callable[[Entry], Facts | None] = facts_of,
) -> Mapping[int, Tie]:
    """What the entries of a run have to do with one another, by `Entry.identity`.

    Args:
        entries: Neighbours, in order; ghosts and bad lines among them have no part in it.
        at_end: Whether the last of them is the session's last.
        facts: What is known of an entry, for a caller that remembers it.
    """
    known = [
        (entry.identity, of)
        for entry in entries
        if not isinstance(entry.item, Ghost) and (of := facts(entry)) is not None
    ]
    pairing = _Pairing()
    for identity, of in known:
        if of.calls:
            pairing.calls(identity, of.calls)
        elif not of.results:
            pairing.said()
        for call, name, pairs, answer in of.results:
            if pairs:
                pairing.result(identity, call, name, answer)
    ties = {}
    runs = _runs(known)
    turns = _turns(known, at_end)
    missing = _missing(known, at_end)
    for at, (identity, of) in enumerate(known):
        first, length = runs.get(identity, (None, 0))
        called = pairing.called.get(identity, [])
        callers = {it.entry for it in called}
        whole = of.only_tools and len(callers) == 1 and len(called) == len(of.results)
        tie = Tie(
            tuple(pairing.answers.get(identity, ())),
            missing[at] if of.calls else Missing.UNKNOWN,
            callers.pop() if whole else None,
            tuple(it.call for it in called) if len(called) == len(of.results) else (),
            first,
            length,
            turns.get(identity),
        )
        if tie != NO_TIE:
            ties[identity] = tie
    return ties


def _runs(known: Sequence[tuple[int, Facts]]) -> dict[int, tuple[int, int]]:
    """The first of the run that an entry of nothing but tool traffic is in, and for that one the length."""
    runs: dict[int, tuple[int, int]] = {}
    first: int | None = None
    for identity, of in known:
        if not of.only_tools:
            first = None
            continue
        first = identity if first is None else first
        runs[identity] = (first, 0)
        runs[first] = (first, runs[first][1] + 1)
    return runs


def _turns(known: Sequence[tuple[int, Facts]], at_end: bool) -> dict[int, Turn]:
    turns: dict[int, Turn] = {}
    for at, (identity, of) in enumerate(known):
        if of.role != "user" or of.passive or of.results:
            continue
        following = known[at + 1][1] if at + 1 < len(known) else None
        if following is None:
            if at_end:
                turns[identity] = Turn.WAITING
        elif following.role == "user" and not following.results and not following.passive:
            turns[identity] = Turn.UNANSWERED
    return turns


def _missing(known: Sequence[tuple[int, Facts]], at_end: bool) -> list[Missing]:
    """What is to be said of calls that have no result, for each entry: by what comes behind it."""
    verdicts: list[Missing] = []
    verdict = Missing.YET if at_end else Missing.UNKNOWN
    for _, of in reversed(known):
        verdicts.append(verdict)
        if not of.results:
            verdict = Missing.NEVER
    return verdicts[::-1]
