"""Sessions that attack their reader: every hostile text as messages, lines that are none, names of files."""

from __future__ import annotations

import json
from typing import NamedTuple

from tests.data.hostile import AS_IT_IS, FORBIDDEN, HOSTILE, ROLES, SPLIT, fuzz

SEEDS = range(21)
THE_END = "so ends the session of all cases"


class Case(NamedTuple):
    """One message of the session that holds them all."""

    name: str
    role: str
    content: str


def _storable(text: str) -> str:
    """Without the lone surrogates, of which neither UTF-8 nor the bot's JSON has any."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def cases() -> list[Case]:
    """All hostile texts, each as a message in Markdown and as one that is shown as it is; then the rest."""
    found = [
        Case(name, role, _storable(text)) for name, text in HOSTILE.items() for role in ("assistant", "tool")
    ]
    found += [Case(f"split-{number}", "user", text) for number, text in enumerate(SPLIT)]
    found += [Case(f"role-{name}", role, f"before {name} after") for name, role in ROLES.items()]
    found += [
        Case(f"fuzz-{seed}", role, f"before\n\n{fuzz(seed)}\n\nafter")
        for seed in SEEDS
        for role in ("assistant", "system")
    ]
    return [*found, Case("end", "user", THE_END)]


def line(role: str, content: str) -> bytes:
    """A line as the bot writes it."""
    return json.dumps({"role": role, "content": content}, ensure_ascii=False).encode() + b"\n"


def session_of_all(chosen: list[Case] | None = None) -> bytes:
    """The session of all cases, or of some; the number of a case's line is its place, from 1."""
    return b"".join(line(case.role, case.content) for case in (cases() if chosen is None else chosen))


FORBIDDEN_PIECES = sorted(
    {piece for pieces in FORBIDDEN.values() for piece in pieces if piece.startswith("\x1b")}
)
"""What no program that shows all cases may send, because none sends it of itself."""

LETTER_FOR_LETTER = {name: text for name, text in AS_IT_IS.items() if name.startswith("markup-")} | {
    "markup-backslash": r"[bold] \[/] [@click=x]"  # a backslash before a sign is Markdown's own
}
"""Cases that even as Markdown are shown as they are stored."""

_CROWD = _storable(HOSTILE["crowd"])
_NESTED = "[" * 2000

LINES: dict[str, tuple[bytes, bool]] = {
    "raw-escape": (b'{"role":"user","content":"a\x1b[2J\x1b]0;owned\x07b"}', False),
    "raw-nul": (b'{"role":"user","content":"a\x00b"}', False),
    "raw-return": (b'{"role":"user","content":"pay 100\rpay 999"}', False),
    "raw-crowd": (_CROWD.replace("\n", " ").encode(), False),
    "raw-del-and-c1": ('{"role":"user","content":"a\x7f\x9b2J\u202eb"}'.encode(), True),
    "bytes": (b'{"role":"user\xff\xfe","content":"\x9b2J\x1b]52;c;QQ==\x07"}', False),
    "bytes-overlong": (b'{"role":"user","content":"\xc0\x9b\xe0\x80\x9b"}', False),
    "bytes-surrogate": (b'{"role":"user","content":"\xed\xa0\xbd"}', False),
    "surrogate-high": (rb'{"role":"user","content":"before \ud83d after"}', False),
    "surrogate-low": (rb'{"role":"user","content":"before \udcff after"}', False),
    "surrogate-pair": (rb'{"role":"user","content":"before \ud83d\ude00 after"}', True),
    "escaped-controls": (rb'{"role":"us\u001ber","content":"\u0000\u001b[2J\u009d0;x\u0007"}', True),
    "extra-keys": ('{"role":"user","content":"x","\x7f\u202e[/x]":"\u009b2J"}'.encode(), True),
    "key-controls": (rb'{"role":"user","content":"x","\u001b]0;owned\u0007":[1]}', True),
    "role-missing": (rb'{"\u001b]0;owned\u0007":"user","content":"x"}', False),
    "role-list": (rb'{"role":["\u001b[2J"],"content":"x"}', False),
    "content-nested": (f'{{"role":"user","content":{_NESTED}{_NESTED.replace("[", "]")}}}'.encode(), False),
    "nested": (_NESTED.encode(), False),
    "number": (b'{"role":"user","content":1e400}', False),
    "text": (rb'"\u001b[2J"', False),
    "two": (b'{"role":"user","content":"a"}{"role":"user","content":"b"}', False),
    "mark": (b'\xef\xbb\xbf{"role":"user","content":"x"}', False),
    "utf-16": ('{"role":"user","content":"x"}'.encode("utf-16-be"), False),
    "half": (b'{"role":"user","content":"\x1b]0;owned', False),
}
"""Name of a line, its bytes, and whether the bot takes it for a message."""


def session_of_lines() -> bytes:
    """The lines, and one message behind them."""
    return b"".join(data + b"\n" for data, _ in LINES.values()) + line("user", THE_END)


def _name(text: str) -> bytes:
    data = text.replace("/", "\u2215").replace("\0", "").encode("utf-8", "surrogatepass")[:200]
    return data.removesuffix(b".jsonl")


NAMES: dict[str, bytes] = {
    **{name: _name(text) for name, text in HOSTILE.items() if _name(text) and name != "spaces"},
    "bytes": b"caf\xe9-\xff",
    "bytes-control": b"\x80\x9b\x1b]0;owned\x07",
    "bytes-cut": b"a\xe6\xbc",
    "dash": b"--help",
    "hidden": b".hidden",
    "dots": b"..",
    "spaces": b"   ",
    "tilde": b"~",
    "longest": b"x" * 249,
    "longest-wide": "漢".encode() * 83,
    "twin-picture": "a␛".encode(),
    "twin-escape": b"a\x1b",
    "twin-spelled": rb"a\x1b",
    "twin-composed": "\u00e9".encode(),
    "twin-decomposed": "e\u0301".encode(),
    "channel": "telegram_\x1b[2J\u202etxt".encode(),
    "state": "bob · 80 messages · ● following".encode(),
}
"""Name of a case, and a session's file name without its `.jsonl`."""
