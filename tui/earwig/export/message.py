"""A message on its way into a document: what it says, what that means, and what its tools answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from earwig.core.content.parts import Call, Calls, Parts, Result


class Answered(NamedTuple):
    """A result beside its call."""

    number: int | None
    result: Result


class AnsweredCall(NamedTuple):
    """A call that a result belongs to."""

    number: int | None
    name: str
    """The tool's, as stored."""


@dataclass(eq=False, slots=True)
class ExportedMessage:
    """One message; masked, where anything is to be."""

    number: int | None
    role: str
    content: str
    parts: Parts = ()
    """What the content means; documents for programs do without."""

    answers: dict[int, Answered] = field(default_factory=dict)
    """Results that come soon after its calls, by the call's place among all of them."""

    asked: dict[int, AnsweredCall] = field(default_factory=dict)
    """Which calls have its results beside them, by the result's place among all of them."""

    time: float | None = None
    """When it was stored (Unix time, seconds), where the store knows that."""

    def calls(self) -> Iterator[Call]:
        return (call for part in self.parts if isinstance(part, Calls) for call in part.calls)

    def results(self) -> Iterator[Result]:
        return (part for part in self.parts if isinstance(part, Result))
