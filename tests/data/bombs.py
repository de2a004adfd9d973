"""Messages that would keep a careless program busy: by name, made when asked for."""

from __future__ import annotations

from collections.abc import Callable

MEGABYTE = 1_000_000

_LANGUAGES = ("python", "bash", "js", "ts", "yaml", "rust", "go", "diff", "cpp", "json", "html", "css", "sql")

BOMBS: dict[str, Callable[[], tuple[str, str]]] = {
    "brackets": lambda: ("assistant", "[" * 100_000),
    "brackets-short": lambda: ("assistant", "[" * 30_000),
    "brackets-closed": lambda: ("assistant", "[" * 15_000 + "]" * 15_000),
    "links": lambda: ("assistant", "[a](b" * 6_000),
    "images": lambda: ("assistant", "![](" * 7_000),
    "emphasis": lambda: ("assistant", "**a *b __c _d ~~e " * 1_700),
    "stars": lambda: ("assistant", "*" * 30_000 + "a"),
    "ticks": lambda: ("assistant", "".join("`" * (1 + number % 200) + "x" for number in range(300))),
    "quotes": lambda: ("assistant", "> " * 10_000 + "a"),
    "quotes-many": lambda: ("assistant", "\n".join("> " * (number % 16) + "a" for number in range(990))),
    "lists": lambda: ("assistant", "\n".join("  " * number + "- a" for number in range(170))),
    "table-wide": lambda: ("assistant", "|x" * 5_000 + "|\n" + "|-" * 5_000 + "|\n|y|\n|z|"),
    "table-sparse": lambda: ("assistant", "|x" * 100 + "|\n" + "|-" * 100 + "|\n" + "|x\n" * 900),
    "table-long": lambda: ("assistant", "|a|b|\n|-|-|\n" + "|c|d\n" * 900),
    "references": lambda: ("assistant", "".join(f"[{number}]: x\n" for number in range(990))),
    "html": lambda: ("assistant", "<a " * 10_000),
    "entities": lambda: ("assistant", "&#x1b;&amp;" * 2_800),
    "code-python": lambda: ("assistant", "```python\n" + "(" * 30_000 + "\n```"),
    "code-strings": lambda: ("assistant", "```python\n" + "\"'" * 15_000 + "\n```"),
    "code-slow": lambda: ("assistant", "```console\n" + "$ a" + " " * 31_000 + "\n```"),
    "code-ini": lambda: ("assistant", "```ini\n" + "a" * 31_000 + "\n```"),
    "code-many": lambda: (
        "assistant",
        "".join(f"```{name}\n" + "<'{" * 40 + "\n```\n" for name in _LANGUAGES),
    ),
    "role": lambda: ("r" * 10 * MEGABYTE, "the role is long"),
    "newlines": lambda: ("user", "\n" * MEGABYTE),
    "lines": lambda: ("user", "a\n" * MEGABYTE),
    "tabs": lambda: ("user", "\t" * MEGABYTE),
    "spaces": lambda: ("user", " " * 5 * MEGABYTE + "x"),
    "no-space": lambda: ("user", "x" * 7 * MEGABYTE),
    "no-space-over": lambda: ("user", "x" * 10 * MEGABYTE),
    "words": lambda: ("assistant", "word " * MEGABYTE),
    "wide": lambda: ("user", "漢" * MEGABYTE),
    "marks": lambda: ("user", "a" + "\u0301\u0316\u20dd" * 300_000),
    "escapes": lambda: ("user", "\x1b[2J" * 300_000),
    "hidden": lambda: ("user", "\u200b\U000e0041\ufe0f" * 300_000),
    "every-character": lambda: ("user", "".join(map(chr, (*range(0xD800), *range(0xE000, 0x20000))))),
}
"""Name, and role and content."""
