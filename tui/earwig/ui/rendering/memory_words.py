"""What the frame says of the bot's memory, in as many words as there is room for."""

from __future__ import annotations

from earwig.core.memory.rules import Estimate, Excess
from earwig.core.text.safe_text import SafeText, own_text


def memory_words(estimate: Estimate) -> tuple[SafeText, ...]:
    """Return the same at length and in short; nothing where nothing is known."""
    limits = estimate.limits
    if estimate.tokens is not None and estimate.messages is not None:
        share = max(_percent(estimate.tokens, limits.tokens), _percent(estimate.messages, limits.messages))
        long = own_text(
            "memory {} of {} tokens, {:,} of {:,} messages",
            _thousands(estimate.tokens),
            _thousands(limits.tokens),
            estimate.messages,
            limits.messages,
        )
        return long, own_text("memory {}%", share)
    if estimate.excess is None:
        return ()
    over = own_text("over {:,} messages", limits.messages)
    if estimate.excess is Excess.TOKENS:
        over = own_text("over {} tokens", _thousands(limits.tokens))
    if estimate.kept is not None:
        short = own_text("memory: newest {:,}", estimate.kept)
        return own_text("{} ({})", short, over), short
    if estimate.certain:
        return own_text("memory {}, nothing to compact", over), own_text("memory {}", over)
    return (own_text("memory {}", over),)


def _thousands(number: int) -> SafeText:
    """A number in at most five cells, rounded down so that what is below a limit does not look like it."""
    if number < 1000:
        return own_text("{}", number)
    whole, tenths = divmod(number // 100, 10)
    return own_text("{:,}.{}k", whole, tenths) if tenths else own_text("{:,}k", whole)


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 100
