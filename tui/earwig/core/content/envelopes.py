"""What channels, the gateway and the bot itself put around a text.

Sources, in ZeroClaw: `orchestrator/mod.rs` (1205, 1210), `agent/agent.rs` of v0.8.0 (834), `irc.rs` (42),
`telegram.rs` (1198, 2545), `matrix.rs` (328), `email_channel.rs` (207, 275), `discord.rs` (64),
`slack.rs` (3734), `link_enricher.rs` (199), `util.rs` (397), `signal.rs` (461),
`src/channels/mod.rs` of v0.4.0 (1363).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from earwig.core.content.parts import Part, Quiet, QuietKind, Sent

BLOCK_LIMIT = 64_000
"""The most characters in which the end of a quote, a context or a root of a thread is looked for."""

_TIME: Final = re.compile(
    r"\[(2\d{3})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d) (?:([+-])(\d\d):?(\d\d)|UTC|GMT|Z)\]\s{0,4}", re.ASCII
)
_GROUP: Final = re.compile(r"\[(Current|Observed) WhatsApp group message from ([^\n]{1,200})\]\n")
_MEMORY: Final = "[Memory context]\n"
_MEMORY_END: Final = "[/Memory context]"
_TURN: Final = re.compile(r"\[turn-context\] ([^\n]{1,4000})(?:\n{1,2}|$)")
_IRC: Final = re.compile(
    r"\[context: you are responding over IRC\. [^\]\n]{1,600}\]\n(?:<([^<>\s]{1,64})> )?"
)
_FORWARD: Final = re.compile(r"\[Forwarded from ([^\]\n]{1,200})\] ?\n{0,2}")
_REPLY: Final = re.compile(r"> (@?[^\n:]{1,64}):\n")
_QUOTED: Final = re.compile(r">(?: |$)")
_THREAD: Final = re.compile(r"\[Thread root from ([^\]\n]{1,200})\](?:: |(?=\n\n))")
_SUBJECT: Final = re.compile(r"Subject: ([^\n]{0,1000})\n\n")
_LINK: Final = re.compile(r"\[Link: (?P<title>[^\n]{1,1000}?) — ")
_CHOICE: Final = re.compile(r"\[choice\]([^\n]{1,200})$")
_LOCATION: Final = re.compile(r"\[Location: ([^\]\n]{1,300})\](?=\n|$)")
_USED: Final = re.compile(r"\[Used tools: ([^\]\n]{1,2000})\](?:\n|$)")
_ATTACHMENT: Final = re.compile(r"\[Attachment: ([^\]\n]{1,200})\]\n")
_SNIPPET: Final = re.compile(r"\[SNIPPET:([^\]\n]{1,200})\]\n(?=```)")
_EXCHANGE: Final = re.compile(r"\[Tool exchange: (\d{1,9}) tool call\(s\) — results collapsed\]\s*\Z")
_CONTINUES: Final = re.compile(r"\[context continues\]\s*\Z")
_COMPACTION: Final = "[Compaction summary]\n"
_CONTEXT_SUMMARY: Final = re.compile(r"\[CONTEXT SUMMARY — (\d{1,9}) earlier messages? compressed\]\n{0,2}")
_FOOTER: Final = "\n\n---\n⚡ "
_ATTACHMENTS: Final = "[Attachments]\n["

_BEGIN: Final = ("[", "> ", "Subject: ")
"""The beginnings of all forms that stand before a text."""

HEADS: Final = 20
"""The most forms before one message; there are never so many."""

Head = Callable[[str, int], Part | None]


def sent(content: str, at: int) -> Sent | None:
    """Return the time that the bot writes before a text; None for a zone without a fixed offset."""
    found = _TIME.match(content, at)
    if found is None:
        return None
    zone = UTC
    if found[7]:
        offset = timedelta(hours=int(found[8]), minutes=int(found[9]))
        if offset >= timedelta(days=1):
            return None
        zone = timezone(-offset if found[7] == "-" else offset)
    try:
        when = datetime(*(int(found[group]) for group in range(1, 7)), tzinfo=zone)  # type: ignore[misc,arg-type] # six numbers
    except ValueError:
        return None
    return Sent(at, found.end(), when)


def _head(pattern: re.Pattern[str], kind: QuietKind) -> Head:
    """Return a head that is one pattern, and its first group, if it has one, what is told of it."""

    def head(content: str, at: int) -> Quiet | None:
        found = pattern.match(content, at)
        return found and Quiet(at, found.end(), kind, found[1] if pattern.groups else "")

    return head


def _memory(content: str, at: int) -> Quiet | None:
    if not content.startswith(_MEMORY, at):
        return None
    inside = at + len(_MEMORY)
    end = content.find(_MEMORY_END, inside, inside + BLOCK_LIMIT)
    if end < 0:
        return None
    stop = _behind_breaks(content, end + len(_MEMORY_END))
    return Quiet(at, stop, QuietKind.MEMORY, body_start=inside, body_stop=end)


def _turn(content: str, at: int) -> Quiet | None:
    found = _TURN.match(content, at)
    return found and Quiet(at, found.end(), QuietKind.TURN, "", found.start(1), found.end(1))


def _group(content: str, at: int) -> Quiet | None:
    found = _GROUP.match(content, at)
    if found is None:
        return None
    return Quiet(at, found.end(), QuietKind.GROUP if found[1] == "Current" else QuietKind.OBSERVED, found[2])


def _irc(content: str, at: int) -> Quiet | None:
    found = _IRC.match(content, at)
    if found is None:
        return None
    end = content.index("\n", at)
    return Quiet(at, found.end(), QuietKind.IRC, found[1] or "", at, end)


def _reply(content: str, at: int) -> Quiet | None:
    """Return a quote with a name above it, up to the blank line before the answer."""
    found = _REPLY.match(content, at)
    if found is None:
        return None
    stop, limit = found.end(), found.end() + BLOCK_LIMIT
    while _QUOTED.match(content, stop) and stop < limit:
        end = content.find("\n", stop)
        if end < 0:
            return None
        stop = end + 1
    if stop == found.end() or content[stop : stop + 1] != "\n":
        return None
    return Quiet(at, _behind_breaks(content, stop), QuietKind.REPLY, found[1], found.end(), stop)


def _thread(content: str, at: int) -> Quiet | None:
    found = _THREAD.match(content, at)
    end = -1 if found is None else content.find("\n\n", found.end(), found.end() + BLOCK_LIMIT)
    if found is None or end < 0:
        return None
    return Quiet(at, end + 2, QuietKind.THREAD, found[1], found.end(), end)


def _link(content: str, at: int) -> Quiet | None:
    found = _LINK.match(content, at)
    end = -1 if found is None else content.find("]\n", found.end(), found.end() + 1_000)
    if found is None or end < 0:
        return None
    return Quiet(at, end + 2, QuietKind.LINK, found["title"], found.end(), end)


def _summary(content: str, at: int) -> Quiet | None:
    """The rest of the content is a summary that stands for messages."""
    found = _CONTEXT_SUMMARY.match(content, at)
    if found is not None:
        return Quiet(at, len(content), QuietKind.SUMMARY, found[1], found.end(), len(content))
    if content.startswith(_COMPACTION, at):
        return Quiet(at, len(content), QuietKind.SUMMARY, "", at + len(_COMPACTION), len(content))
    return None


USER_HEADS: Final[tuple[Head, ...]] = (
    *(_memory, _group, sent, _turn, _irc, _thread, _head(_FORWARD, QuietKind.FORWARD), _reply),
    *(_head(_SUBJECT, QuietKind.SUBJECT), _link, _head(_CHOICE, QuietKind.CHOICE)),
    *(_head(_CONTINUES, QuietKind.CONTINUES), _summary),
)
ASSISTANT_HEADS: Final[tuple[Head, ...]] = (
    _head(_USED, QuietKind.USED_TOOLS),
    _head(_EXCHANGE, QuietKind.EARLIER_TOOLS),
    _summary,
)


def heads(content: str, known: tuple[Head, ...]) -> list[Part]:
    """Return what stands before the text: each form once (links: a few), one behind the other."""
    parts: list[Part] = []
    left = list(known)
    at, found = 0, True
    while found and content.startswith(_BEGIN, at) and len(parts) < HEADS:
        found = False
        for head in left:
            part = head(content, at)
            if part is not None:
                parts.append(part)
                at, found = part.stop, True
                if head is not _link:
                    left.remove(head)
                break
    return parts


def at_line_start(content: str, at: int, stop: int) -> Quiet | None:
    """Return what a channel puts on lines of its own in a user's text; None where nothing is."""
    if (found := _ATTACHMENT.match(content, at)) is not None:
        end = content.find("\n[Attachment: ", found.end(), stop)
        end = stop if end < 0 else end + 1
        return Quiet(at, end, QuietKind.ATTACHMENT, found[1], found.end(), end)
    if (found := _SNIPPET.match(content, at)) is not None:
        end = content.find("\n```", found.end() + 3, stop)
        end = stop if end < 0 else end + 4
        return Quiet(at, end, QuietKind.SNIPPET, found[1], found.end(), end)
    found = _LOCATION.match(content, at)
    return found and Quiet(at, found.end(), QuietKind.LOCATION, found[1])


def attachments_at(content: str, start: int) -> Quiet | None:
    """Return the block in which Discord's text attachments stand, up to the end; None where there is none."""
    limit = start + BLOCK_LIMIT
    at = content.find(_ATTACHMENTS, start, limit)
    while at > start and not content.startswith("\n\n", at - 2):
        at = content.find(_ATTACHMENTS, at + 1, limit)
    if at < 0:
        return None
    inside = at + len(_ATTACHMENTS) - 1
    begin = max(start, at - 2) if content.startswith("\n\n", max(start, at - 2)) else at
    return Quiet(begin, len(content), QuietKind.ATTACHMENTS, "", inside, len(content))


def footer_at(content: str) -> Quiet | None:
    """Return the remark below a reply of another model than the usual one; None where there is none."""
    at = content.rfind(_FOOTER, max(0, len(content) - 1_000))
    if at < 0 or "unavailable — response from" not in content[at:]:
        return None
    return Quiet(at, len(content), QuietKind.FALLBACK, "", at + len("\n\n---\n"), len(content))


def _behind_breaks(content: str, at: int) -> int:
    """Behind at most two line breaks."""
    return at + len(content[at : at + 2]) - len(content[at : at + 2].lstrip("\n"))


def observed(content: str) -> bool:
    """Return whether a user's message was only overheard in a group, so that nobody expects an answer."""
    found = _GROUP.match(content)
    return found is not None and found[1] == "Observed"


def sent_at(role: str, content: str) -> datetime | None:
    """Return the message's own time, without reading the rest of it; None if it has none."""
    if role != "user":
        return None
    parts = heads(content, USER_HEADS) if content.startswith(("[", "<")) else []
    return next((part.at for part in parts if isinstance(part, Sent)), None)
