"""Relates neighbouring messages to one another: call and result, question and answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final

from earwig.core.content.envelopes import observed
from earwig.core.content.parts import Call, Calls, Result, is_tool_traffic
from earwig.core.content.reading import LOOKED_AT, read_content
from earwig.core.content.tools import CALL_TAGS, RESULTS_HEAD
from earwig.core.model.entries import Entry, RemovedEntry
from earwig.core.model.message import ChatMessage
from earwig.core.named_tuple import NamedTuple

FIRST_LINE = 200
"""Characters of a result that are shown beside its call."""

_CALL_TAGS: Final = tuple(f"<{tag}>" for tag in CALL_TAGS)


class Answer(NamedTuple):
    """A tool's result in short, as it stands beside its call."""

    lines: int
    first: str
    """The beginning of its first line that is not blank, as stored."""

    status: str = ""
    entry: int = 0
    """The identity of the entry that it is in (`Entry.identity`)."""


class Missing(Enum):
    """What can be said of calls without a result."""

    __hash__ = object.__hash__  # an enumeration's own is slow, and these are in every key of what is drawn

    UNKNOWN = "unknown"
    """It may be in lines that are not held."""

    YET = "yet"
    """Nothing came after them."""

    NEVER = "never"


class Turn(Enum):
    """What can be said of a user's message without an answer."""

    __hash__ = object.__hash__

    UNANSWERED = "unanswered"
    """The next message is the user's again."""

    WAITING = "waiting"
    """It is the last one."""


class EntryRelation(NamedTuple):
    """The relation of an entry to its neighbours."""

    answers: tuple[Answer | None, ...] = ()
    """The results of its calls, in order."""

    missing: Missing = Missing.UNKNOWN
    call: int | None = None
    """The entry that made the calls which this one answers; None if it does anything else."""

    called: tuple[Call, ...] = ()
    """Those calls, one for each of its results."""

    run: int | None = None
    """The first of neighbours that hold nothing but tool traffic; None if this is not one of them."""

    run_length: int = 0
    """The number of such neighbours; known to the first only."""

    turn: Turn | None = None
    next_call: int | None = None
    """The next entry of its run that calls, if this one does; else None."""


NO_RELATION: Final = EntryRelation()


class RelationFacts(NamedTuple):
    """What has to be known of a message to relate it to others. Small, because many are kept."""

    role: str = ""
    calls: tuple[Call, ...] = ()
    """Its calls, without their arguments."""

    results: tuple[tuple[str | None, str, bool, Answer], ...] = ()
    """For each result: the call's id, the tool's name, whether it belongs to a call, the result in short."""

    only_tools: bool = False
    passive: bool = False
    """Whether nobody expects an answer: the bot only listens."""


def facts_of(entry: Entry) -> RelationFacts | None:
    """Return what has to be known of an entry; None if it is no message that the bot loads."""
    item = entry.item
    if not isinstance(item, ChatMessage):
        return None
    role, content = item
    if not _may_be_tools(role, content):
        return RelationFacts(role, passive=role == "user" and observed(content))
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
    return RelationFacts(role, calls, results, only)


def _may_be_tools(role: str, content: str) -> bool:
    if role == "tool":
        return True
    if role == "assistant":
        return content.startswith("{") or any(content.find(tag, 0, LOOKED_AT) >= 0 for tag in _CALL_TAGS)
    return role == "user" and content.startswith(RESULTS_HEAD)


def _is_blank(content: str, start: int, stop: int) -> bool:
    return content[start : min(stop, start + 100)].isspace() and content[start:stop].isspace()


def answer_of(result: Result, entry: int) -> Answer:
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


class Relations:
    """Goes along neighbouring entries once. More may follow at any time, at no more than their own cost."""

    def __init__(self) -> None:
        self._by_id: dict[str, list[_Open]] = {}
        """Of the last entry that has calls of that id: some bots give several calls the same one."""

        self._last: list[_Open] = []
        self._answers: dict[int, list[Answer | None]] = {}
        self._called: dict[int, list[_Open]] = {}
        self._results: dict[int, tuple[int, bool]] = {}
        """How many an entry holds, and whether it holds nothing else."""

        self._unsettled: list[int] = []
        self._missing: set[int] = set()
        self._run: int | None = None
        self._runs: dict[int, int] = {}
        self._lengths: dict[int, int] = {}
        self._caller: int | None = None
        """The last entry with calls of the run."""

        self._next_calls: dict[int, int] = {}

        self._waiting: int | None = None
        self._turns: dict[int, Turn] = {}

    def follow(self, entry: Entry, of: RelationFacts | None) -> None:
        """Take the next entry. Removed entries, and what the bot does not load, have no part in it."""
        if of is None or isinstance(entry.item, RemovedEntry):
            return
        identity = entry.identity
        self._take_turn(identity, of)
        if not of.results:
            self._last = []  # somebody speaks: what comes from here on answers no call without an id
            if self._unsettled:
                self._missing.update(self._unsettled)
                self._unsettled = []
        if of.calls:
            self._take_calls(identity, of.calls)
        if of.results:
            self._results[identity] = len(of.results), of.only_tools
            for call, name, pairs, answer in of.results:
                if pairs:
                    self._take_result(identity, call, name, answer)
        self._take_run(identity, of)

    def relation(self, identity: int, *, at_end: bool, ended: bool = False) -> EntryRelation:
        """Return the relation of an entry to the others; `at_end`: the last of them is the session's.

        `ended`: nothing will ever come behind that.
        """
        turn = self._turns.get(identity)
        if turn is Turn.WAITING:
            turn = (Turn.UNANSWERED if ended else turn) if at_end else None
        answers, run = self._answers.get(identity), self._runs.get(identity)
        if answers is None and run is None and identity not in self._results:
            return NO_RELATION if turn is None else EntryRelation(turn=turn)
        missing = Missing.UNKNOWN
        if answers is not None:
            never = Missing.NEVER if ended else Missing.YET
            unsettled = never if at_end else Missing.UNKNOWN
            missing = Missing.NEVER if identity in self._missing else unsettled
        call, called = self._call_of(identity)
        length = self._lengths.get(identity, 0)
        next_call = self._next_calls.get(identity)
        return EntryRelation(tuple(answers or ()), missing, call, called, run, length, turn, next_call)

    def _call_of(self, identity: int) -> tuple[int | None, tuple[Call, ...]]:
        """Return the entry of the calls that an entry answers, if it does nothing else; and those calls."""
        called = self._called.get(identity, [])
        count, alone = self._results.get(identity, (0, False))
        if not called or len(called) != count:
            return None, ()
        callers = {it.entry for it in called}
        return callers.pop() if alone and len(callers) == 1 else None, tuple(it.call for it in called)

    def _take_turn(self, identity: int, of: RelationFacts) -> None:
        asks = of.role == "user" and not of.results
        if self._waiting is not None:
            if asks and not of.passive:
                self._turns[self._waiting] = Turn.UNANSWERED
            else:
                del self._turns[self._waiting]
        self._waiting = identity if asks and not of.passive else None
        if self._waiting is not None:
            self._turns[identity] = Turn.WAITING

    def _take_calls(self, identity: int, calls: Sequence[Call]) -> None:
        """A result without an id can only be meant for the last calls before it."""
        self._last = [_Open(identity, at, call) for at, call in enumerate(calls)]
        self._answers[identity] = [None] * len(calls)
        by_id: dict[str, list[_Open]] = {}
        for it in self._last:
            if it.call.id is not None:
                by_id.setdefault(it.call.id, []).append(it)
        self._by_id.update(by_id)
        self._unsettled.append(identity)

    def _take_result(self, identity: int, call: str | None, name: str, answer: Answer) -> None:
        """A result comes: by its id; without one, or where several calls have it, in their order."""
        found = self._of_id(call) if call is not None else self._next(name)
        if found is None:
            return
        if found in self._last:
            self._last.remove(found)
        self._answers[found.entry][found.at] = answer
        self._called.setdefault(identity, []).append(found)

    def _of_id(self, call: str) -> _Open | None:
        open_calls = self._by_id.get(call)
        return open_calls.pop(0) if open_calls else None

    def _next(self, name: str) -> _Open | None:
        if not name:
            return next((it for it in self._last if it.call.id is None), None)
        return next((it for it in self._last if it.call.name == name), None)

    def _take_run(self, identity: int, of: RelationFacts) -> None:
        if not of.only_tools:
            self._run = self._caller = None
            return
        if self._run is None:
            self._run = identity
        self._runs[identity] = self._run
        self._lengths[self._run] = self._lengths.get(self._run, 0) + 1
        if of.calls:
            if self._caller is not None:
                self._next_calls[self._caller] = identity
            self._caller = identity


def relate(entries: Sequence[Entry], *, at_end: bool = True) -> Mapping[int, EntryRelation]:
    """Return the relations of neighbours by `Entry.identity`; `at_end`: the session ends with them."""
    relations = Relations()
    for entry in entries:
        relations.follow(entry, facts_of(entry))
    found = {entry.identity: relations.relation(entry.identity, at_end=at_end) for entry in entries}
    return {identity: relation for identity, relation in found.items() if relation != NO_RELATION}
