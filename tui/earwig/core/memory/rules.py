"""The bot's arithmetic on a conversation: how full its memory is, and what a compaction would leave.

The release that brought session files, v0.4.0, says so of a conversation that it holds
(`auto_compact_history` in its `src/agent/loop_.rs`): older messages become one summary when the estimated
tokens or the number of messages is over its limit. A system prompt, if it is the first message, counts as
tokens but not as a message, and always stays. Of the others the newest 20 stay; where they do not begin with
a user's message, so do those before them, back to one: no turn is torn apart. Where none is found but the
very first message, nothing is compacted.

It is an estimate, and of a bot that holds the session as it is in the file. What a running bot holds also
hangs on what the file does not tell: when it was started, its system prompt, summaries made before. Its
channels keep the newest 50 messages in any case, and fewer once a model refused them (v0.4.0:
`src/channels/mod.rs`; later releases: as many as `max_history_messages`). A start loads all of a session in
v0.4.0, the newest 50 messages from v0.6.7 on, and from v0.8.0 on nothing of a JSONL file. None of this
changes the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from earwig.core.model.entries import Position
from earwig.core.model.message import ChatMessage

KEPT = 20
"""The least number of messages that a compaction leaves (`COMPACTION_KEEP_RECENT_MESSAGES`)."""

FRAME = 4
"""Tokens that the bot adds for each message (`estimate_history_tokens`)."""


class Limits(NamedTuple):
    """The limits of the bot's memory. It compacts at more than either. The defaults are those of v0.4.0."""

    tokens: int = 32_000
    """`agent.max_context_tokens`."""

    messages: int = 50
    """`agent.max_history_messages`."""


class Weight(NamedTuple):
    """A message as the bot's arithmetic sees it."""

    position: Position
    tokens: int
    user: bool
    system: bool


class Excess(Enum):
    """The limit that is passed; the first, where both are."""

    TOKENS = "tokens"
    MESSAGES = "messages"


class Estimate(NamedTuple):
    """How full the bot's memory is. The same for the same file and limits, however much of it was read."""

    limits: Limits
    tokens: int | None = None
    """The tokens of the whole session; None if it is over a limit: then nobody has counted them all."""

    messages: int | None = None
    """The messages of the whole session, without a leading system prompt; None likewise."""

    excess: Excess | None = None
    kept: int | None = None
    """The number of messages that a compaction would leave; None: none is due, or it would take nothing
    away."""

    kept_from: Position | None = None
    """The position of the first of them, which is a user's."""

    certain: bool = True
    """Whether nothing before what was read can change the estimate."""


def tokens_of(content: str) -> int:
    """Return the bot's estimate for a message: a token for each four bytes of UTF-8 begun, and its frame."""
    size = len(content) if content.isascii() else len(content.encode("utf-8", "surrogatepass"))
    return -(-size // 4) + FRAME


def weight_of(position: Position, message: ChatMessage) -> Weight:
    """Return a message at a position as the bot's arithmetic sees it."""
    role, content = message
    return Weight(position, tokens_of(content), role == "user", role == "system")


def judge(newest: Sequence[Weight], limits: Limits, *, whole: bool) -> Estimate:
    """Return what the bot would do with a session that ends in these messages; `whole`: it has no others."""
    lead = int(bool(newest) and newest[0].system)
    # Of so many and no more, so that it does not matter how many were read.
    tokens = sum(weight.tokens for weight in newest[-limits.messages - 1 :])
    if tokens > limits.tokens:
        excess = Excess.TOKENS
    elif len(newest) - lead > limits.messages:
        excess = Excess.MESSAGES
    elif whole:
        return Estimate(limits, tokens=tokens, messages=len(newest) - lead)
    else:
        return Estimate(limits, certain=False)
    at = len(newest) - KEPT
    while at > lead and not newest[at].user:
        at -= 1
    if at <= lead:
        return Estimate(limits, excess=excess, certain=whole)
    return Estimate(limits, excess=excess, kept=len(newest) - at, kept_from=newest[at].position)
