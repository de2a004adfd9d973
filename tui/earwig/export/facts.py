"""What a document says of itself: whose it is, when it was made, and what is not in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from earwig.core.model.about import Plan, plan_lines, plan_words
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text, safe_name


class Fact(NamedTuple):
    """One line of a document's head."""

    name: SafeText
    told: SafeText


@dataclass(frozen=True, slots=True)
class Facts:
    """Known once the whole session was gone through."""

    key: str
    """The session's; masked where the rest is."""

    exported: datetime
    """In UTC."""

    messages: int
    total: int
    bad_lines: int
    """Lines of the session that the bot would skip."""

    bad_marked: int
    """Of these, how many the document has a place for."""

    bad_bytes: bool
    """Whether their bytes are there as well."""

    filters: Sequence[SafeText]
    masked: Mapping[str, int] | None
    """Places masked, by kind; None: nothing was to be masked."""

    plan: Plan | None = None
    """What the session's agent means to do; masked where the rest is."""

    @property
    def when(self) -> str:
        """RFC 3339."""
        return self.exported.strftime("%Y-%m-%dT%H:%M:%SZ")

    def told(self) -> list[Fact]:
        """For people."""
        facts = [
            Fact(own_text("session"), safe_name(self.key)),
            Fact(own_text("exported"), clean_line(self.when)),
            Fact(own_text("messages"), self._messages()),
        ]
        if self.bad_lines:
            facts.append(Fact(own_text("bad lines"), self._bad_lines()))
        if self.plan is not None:
            steps = joined(own_text("; "), [plan_words(self.plan), *plan_lines(self.plan)])
            facts.append(Fact(own_text("plan"), steps))
        if self.masked is not None:
            facts.append(Fact(own_text("redacted"), masked_told(self.masked)))
        return facts

    def record(self) -> dict[str, object]:
        """For programs."""
        plan = {} if self.plan is None else {"plan": [step._asdict() for step in self.plan.steps]}
        return {
            "session": self.key,
            "exported": self.when,
            "messages": self.messages,
            "messages_in_session": self.total,
            "filters": list(self.filters),
            "bad_lines": self.bad_lines,
            "bad_lines_included": self.bad_marked,
            "redacted": None if self.masked is None else dict(self.masked),
            **plan,
        }

    def _messages(self) -> SafeText:
        if not self.filters:
            return own_text("{:,}", self.messages)
        reasons = joined(own_text("; "), self.filters)
        return own_text("filtered: {:,} of {:,} messages ({})", self.messages, self.total, reasons)

    def _bad_lines(self) -> SafeText:
        left_out = self.bad_lines - self.bad_marked
        if not self.bad_marked:
            return own_text("{:,}, left out", self.bad_lines)
        others = own_text(", {:,} left out", left_out) if left_out else own_text("")
        content = own_text("") if self.bad_bytes else own_text(", without what they hold")
        return own_text("{:,} marked in place{}{}", self.bad_marked, content, others)


def masked_told(masked: Mapping[str, int]) -> SafeText:
    """Return what was masked, by kind, and what nobody should rely on."""
    if not masked:
        return own_text("nothing was found; look it over before you hand it on")
    kinds = (own_text("{} {:,}", clean_line(kind), count) for kind, count in sorted(masked.items()))
    found = joined(own_text(", "), kinds)
    return own_text("{} (values split over messages are not found: look it over)", found)
