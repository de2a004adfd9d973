"""How the bot names a session's file after its key."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex

_ASCII_KEPT = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-")


def sanitise_key(key: str) -> str:
    """The file name, without `.jsonl`, that the bot gives a session: `session_path` in its `session_store.rs`.

    `_`, `-` and what Rust's `char::is_alphanumeric` accepts (Unicode's Alphabetic, and the categories N*) stay;
    every other code point becomes one `_`. So does a lone surrogate, which Rust's `char` cannot be.
    `str.isalnum` would not do: it knows neither the marks of Hindi or Hebrew nor circled letters.
    """
    if key.isascii():
        return "".join(character if character in _ASCII_KEPT else "_" for character in key)
    return _replaced().sub("_", key)


@cache
def _replaced() -> regex.Pattern[str]:
    import regex  # here, because loading its tables takes longer than the rest of the core

    return regex.compile(r"[^\p{Alphabetic}\p{N}_-]")
